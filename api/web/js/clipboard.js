// Copying what is shown once.

import { T } from "./strings.js";

/** Copy what a field holds; gives what to say of it. Without TLS a browser has no clipboard: then it is selected for the keys. */
export async function copyFrom(field) {
  field.select();
  const isCopied = await navigator.clipboard?.writeText(field.value).then(() => true, () => false);
  return isCopied ? T.copied : T.copyByKeys;
}
