// Bundles the pages' assets into static/dist: app.js, theme.js, daygrid.js, charts.js, print.js, app.css, paper.css, icons.svg, licenses.txt.
// Names carry no hash: Django's manifest storage adds one in production.
import { build } from "esbuild";
import { prune } from "./prune.mjs";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, "..", "node_modules");
const source = path.join(here, "src");
const target = path.join(here, "dist");

const SCRIPTS = ["app", "theme", "daygrid", "charts", "print"];
// Whose text stands in licenses.txt: everything that ends up in a file we serve.
const SERVED = ["@fontsource-variable/inter", "@tabler/core", "@tabler/icons-sprite", "chart.js", "@kurkle/color", "htmx.org", "idiomorph"];

async function scripts(out) {
  await build({
    entryPoints: SCRIPTS.map((name) => path.join(source, "js", `${name}.js`)),
    outdir: out,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022"],
    legalComments: "none",
    logLevel: "warning",
  });
}

async function styles(out) {
  await build({
    entryPoints: [path.join(source, "css", "app.css")],
    outdir: out,
    bundle: true,
    minify: true,
    target: ["chrome120", "firefox121", "safari17.2"],
    loader: { ".woff2": "file" },
    assetNames: "[name]",
    plugins: [{ name: "tabler", setup: (bundle) => bundle.onLoad({ filter: /tabler\.min\.css$/ }, tabler) }],
    legalComments: "none",
    logLevel: "error", // Tabler's own file has rules esbuild would warn about
  });
}

async function tabler({ path: file }) {
  const wanted = new Set(await names("tabler.txt"));
  const sheet = (await readFile(file, "utf8")).replace(/\/\*[\s\S]*?\*\//g, "");
  return { contents: prune(sheet, wanted), loader: "css", resolveDir: path.dirname(file) };
}

async function names(list) {
  const lines = (await readFile(path.join(here, list), "utf8")).split("\n").map((line) => line.trim());
  return lines.filter((line) => line && !line.startsWith("#"));
}

async function icons(out) {
  const wanted = await names("icons.txt");
  const outline = symbols(await sprite("tabler-sprite.svg"), "tabler-");
  const filled = symbols(await sprite("tabler-sprite-filled.svg"), "tabler-filled-");
  const missing = [];
  const kept = wanted.map((name) => {
    const found = name.endsWith("-filled") ? filled.get(name.slice(0, -"-filled".length)) : outline.get(name);
    if (!found) missing.push(name);
    return found?.replace(/ id="[^"]+"/, ` id="${name}"`);
  });
  if (missing.length) throw new Error(`static/icons.txt names icons that do not exist: ${missing.join(", ")}`);
  await writeFile(path.join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${kept.join("")}</svg>\n`);
  return kept.length;
}

function sprite(name) {
  return readFile(path.join(modules, "@tabler", "icons-sprite", "dist", name), "utf8");
}

function symbols(text, prefix) {
  const found = new Map();
  for (const [symbol, name] of text.matchAll(/<symbol id="([^"]+)".*?<\/symbol>/gs)) {
    found.set(name.slice(prefix.length), symbol.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', ""));
  }
  return found;
}

async function licenses(out) {
  const texts = await Promise.all(SERVED.map(license));
  await writeFile(path.join(out, "licenses.txt"), texts.join("\n\n"));
}

async function license(name) {
  const folder = path.join(modules, name);
  const { version, license: kind } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? await readFile(path.join(folder, file), "utf8") : `Licensed under ${kind}.`;
  return `${name} ${version} (${kind})\n${"=".repeat(40)}\n${text.trim()}`;
}

const started = performance.now();
// Built beside and swapped in whole, so that a server never serves half a build.
const fresh = `${target}.new`;
await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const [, , count] = await Promise.all([
  scripts(fresh),
  styles(fresh),
  icons(fresh),
  licenses(fresh),
  copyFile(path.join(source, "mark.svg"), path.join(fresh, "mark.svg")),
  copyFile(path.join(source, "css", "paper.css"), path.join(fresh, "paper.css")),
]);
await rm(target, { recursive: true, force: true });
await rename(fresh, target);
console.log(`static/dist: ${count} icons, ${Math.round(performance.now() - started)} ms`);
