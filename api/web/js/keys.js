// Keys of the page. A screen gives a table of keys; the one on top is asked first. Nothing is taken from somebody typing.

const tables = [];

/**
 * Use a table of keys until the function that is given back is called.
 * @param {Array<{keys: string[], says: string, does: (event: KeyboardEvent) => (boolean|void), quietly?: boolean}>} table -
 *   `keys` as KeyboardEvent.key says them, with "Alt+" before; `does` may give false to leave the key alone; `quietly`
 *   keeps it out of the help.
 */
export function useKeys(table) {
  tables.push(table);
  return () => tables.splice(tables.indexOf(table), 1);
}

/** All keys in force, for the help: `[{keys, says}]`, the screen's first. */
export function keysInForce() {
  return [...tables].reverse().flat().filter(({ quietly }) => !quietly);
}

/** Begin to listen. */
export function listenForKeys() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const name = `${event.altKey ? "Alt+" : ""}${event.key}`;
    for (const table of [...tables].reverse()) {
      for (const { keys, does } of table) {
        if (keys.includes(name) && does(event) !== false) {
          event.preventDefault();
          return;
        }
      }
    }
  });
}

/** Whether keys belong to what is being written. */
export function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=file])"));
}
