// The pages' script: small parts that each know one thing and find their elements by data attributes.
import { htmx } from "./setup.js";
import "./drawer.js";
import "./menus.js";
import "./preferences.js";
import "./keys.js";
import "./palette.js";
import "./combobox.js";
import "./forms.js";
import "./idle.js";
import "./live.js";
import "./passkey.js";
import "./timers.js";
import "./small.js";
import "./upload.js";

window.htmx = htmx; // daygrid.js and charts.js are files of their own
