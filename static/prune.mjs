// Tabler's sheet is 635 kB for every component it has; our pages use a few. This keeps the rules whose classes are all
// wanted (static/tabler.txt), and every rule without a class: values, elements, keyframes.

const CLASS = /\.(-?[_a-zA-Z](?:[\w-]|\\.)*)/g;
const CONDITIONS = /:(?:not|is|where|has|host|nth-[a-z-]+)\((?:[^()]|\([^()]*\))*\)/g;

export function prune(css, wanted) {
  let out = "";
  for (const { head, body } of blocks(css)) {
    if (body === null) out += `${head};`;
    else if (/^@(?:media|supports|layer|container)/.test(head)) {
      const inside = prune(body, wanted);
      if (inside) out += `${head}{${inside}}`;
    } else if (head.startsWith("@")) out += `${head}{${body}}`;
    else {
      const kept = selectors(head).filter((selector) => isWanted(selector, wanted));
      if (kept.length) out += `${kept.join(",")}{${body}}`;
    }
  }
  return out;
}

function isWanted(selector, wanted) {
  const required = selector.replace(CONDITIONS, "");
  return [...required.matchAll(CLASS)].every(([, name]) => wanted.has(name.replaceAll("\\", "")));
}

// The statements of a sheet, one level deep: a head with its braces' content, or a head that ends in a semicolon.
function* blocks(css) {
  let start = 0;
  for (let at = 0; at < css.length; at++) {
    const skipped = quoted(css, at);
    if (skipped > at) at = skipped;
    else if (css[at] === ";") {
      yield { head: css.slice(start, at).trim(), body: null };
      start = at + 1;
    } else if (css[at] === "{") {
      const end = closing(css, at);
      yield { head: css.slice(start, at).trim(), body: css.slice(at + 1, end) };
      at = end;
      start = end + 1;
    }
  }
}

function closing(css, open) {
  let depth = 0;
  for (let at = open; at < css.length; at++) {
    const skipped = quoted(css, at);
    if (skipped > at) at = skipped;
    else if (css[at] === "{") depth++;
    else if (css[at] === "}" && --depth === 0) return at;
  }
  throw new Error("a brace is missing in the style sheet");
}

// Where a string that begins here ends; unchanged if none begins.
function quoted(css, at) {
  const quote = css[at];
  if (quote !== '"' && quote !== "'") return at;
  let end = at + 1;
  while (end < css.length && css[end] !== quote) end += css[end] === "\\" ? 2 : 1;
  return end;
}

function selectors(head) {
  const found = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= head.length; at++) {
    if (head[at] === "(" || head[at] === "[") depth++;
    else if (head[at] === ")" || head[at] === "]") depth--;
    else if (at === head.length || (head[at] === "," && depth === 0)) {
      found.push(head.slice(start, at).trim());
      start = at + 1;
    }
  }
  return found;
}
