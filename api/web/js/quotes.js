// What somebody said, shown with what stands around it, who said it and the way to the place.

import { h, words } from "./dom.js";
import { to } from "./router.js";
import { T } from "./strings.js";

/**
 * A quote.
 * @param {object} quote - one of the API's evidence.
 * @param {string} studyId
 * @param {{before?: Node, after?: Node, entry?: string}} [beside] - nodes at its side, and the entry it backs.
 */
export function quoteBlock(quote, studyId, { before, after, entry } = {}) {
  const place = to(["studies", studyId, "transcripts", quote.transcript_id], { turn: quote.turn, quote: quote.id, entry });
  return h("li.quote", { "data-stage": quote.stage },
    before,
    h("blockquote", { dir: "auto" },
      quote.context_before && h("span.around", {}, words(quote.context_before, "span")),
      words(quote.quote, "mark"),
      quote.context_after && h("span.around", {}, words(quote.context_after, "span"))),
    h("p.source", {},
      words(quote.speaker, "bdi"), " · ",
      h("a", { href: place }, words(quote.transcript), " ", T.turn(quote.turn)),
      quote.led && h("span.chip.warn", { title: T.ledWhy }, T.led)),
    after);
}

/** Quotes of an entry, loaded when they are first shown. Gives a list that fills itself. */
export function quoteList(model, ids, options = {}) {
  const list = h("ul.quotes", {}, h("li.soft", {}, ids.length ? T.loading : T.noQuotes));
  const draw = (quotes) => {
    list.replaceChildren(...quotes.map((quote) => quoteBlock(quote, model.id, { ...options.beside?.(quote), entry: options.entry })));
    if (!quotes.length) list.append(h("li.soft", {}, T.noQuotes));
    options.onShown?.(list);
  };
  const atHand = model.quotesAtHand(ids);
  if (atHand.length === ids.length) draw(atHand);
  else model.quotesOf(ids).then(draw, () => list.replaceChildren(h("li.soft", {}, T.quotesAway)));
  return list;
}
