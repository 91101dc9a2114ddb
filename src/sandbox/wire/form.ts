/** Query parameters as a tree: `Tags.member.1.Key=a` becomes Tags → member → 1 → Key. Text only; meaning comes with the shapes. */

export interface FormNode {
  value?: string;
  readonly children: Map<string, FormNode>;
}

// A deeper name than any shape has; guards the tree against hostile names.
const MAX_DEPTH = 32;

/** Decodes `application/x-www-form-urlencoded` text: both `+` and `%20` are a space. A faulty escape stays as it was written. */
export const parseForm = (text: string): FormNode => {
  const root: FormNode = { children: new Map() };
  for (const [name, value] of new URLSearchParams(text)) {
    const parts = name.split('.');
    if (parts.length > MAX_DEPTH) continue;
    let node = root;
    for (const part of parts) {
      let next = node.children.get(part);
      if (next === undefined) {
        next = { children: new Map() };
        node.children.set(part, next);
      }
      node = next;
    }
    node.value = value;
  }
  return root;
};

/** The value of a top-level parameter such as `Action`. */
export const formValue = (form: FormNode, name: string): string | undefined => form.children.get(name)?.value;
