// Files are sent one by one, each with its own progress and verdict; without scripts the form sends them all.
import { csrfToken, sentenceOf } from "./http.js";

const AT_ONCE = 2;

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form[data-upload]");
  const chosen = form?.querySelector('input[type="file"]');
  if (!form || !chosen.files.length) return;
  event.preventDefault();
  sendAll(form, [...chosen.files]);
  chosen.value = "";
});

for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const place = event.target.closest?.("[data-drop]");
    if (!place) return;
    event.preventDefault();
    place.classList.toggle("is-over", name === "dragenter" || name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) sendAll(place.closest("form"), [...event.dataTransfer.files]);
  });
}

async function sendAll(form, files) {
  const said = new FormData(form); // what holds for all of them, as it stands now
  said.delete("files");
  const waiting = files.map((file) => [file, lineFor(file)]);
  const one = async () => {
    while (waiting.length) await send(form.action, said, ...waiting.shift());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

function lineFor(file) {
  const line = document.createElement("li");
  const words = document.createElement("span");
  words.className = "grow";
  const name = document.createElement("b");
  name.textContent = file.name;
  const says = document.createElement("span");
  says.className = "sub";
  says.textContent = "Waiting";
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  words.append(name, says, bar);
  line.append(words);
  document.getElementById("verdicts").prepend(line);
  return line;
}

function send(url, said, file, line) {
  return new Promise((done) => {
    const body = new FormData();
    for (const [name, value] of said) body.append(name, value);
    body.append("files", file);
    const call = new XMLHttpRequest();
    const says = line.querySelector(".sub");
    call.open("POST", url);
    call.setRequestHeader("X-CSRFToken", csrfToken());
    call.setRequestHeader("X-One-File", "1");
    call.upload.onprogress = ({ loaded, total }) => {
      line.querySelector("progress").value = (100 * loaded) / total;
      says.textContent = loaded < total ? "Sending" : "Being checked";
    };
    call.onloadend = () => {
      const verdict = fragment(call.responseText);
      if ([200, 422].includes(call.status) && verdict) line.replaceWith(verdict);
      else {
        line.querySelector("progress")?.remove();
        says.textContent = sentenceOf(call.status, call.responseText);
        says.classList.add("act");
      }
      done();
    };
    says.textContent = "Sending";
    call.send(body);
  });
}

function fragment(text) {
  const place = document.createElement("template");
  place.innerHTML = text;
  return place.content.querySelector("li") ? place.content : null;
}
