// The pages' script: small parts that each know one thing and find their elements by data attributes.
import { htmx } from "./setup.js";
import "./toasts.js";
import "./drawer.js";
import "./menus.js";

window.htmx = htmx;
