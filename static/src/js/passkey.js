// Passkeys: the form asks the browser, the browser asks the person, and what the device signed goes with the form.
const PART = "data-passkey-trouble";
const SENTENCES = {
  NotAllowedError: "Nothing was signed: it was called off, or took too long. Try again when you are ready.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys need the office's own secure address. Open the office by its name, not by a number.",
};

const fromText = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)).buffer;
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (credentials) => credentials?.map((each) => ({ ...each, id: fromText(each.id) }));

function forCreating({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: fromText(publicKey.challenge),
      user: { ...publicKey.user, id: fromText(publicKey.user.id) },
      excludeCredentials: listed(publicKey.excludeCredentials) ?? [],
    },
  };
}

function forGetting({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: fromText(publicKey.challenge),
      allowCredentials: listed(publicKey.allowCredentials) ?? [],
    },
  };
}

// As the server reads it (WebAuthn's own JSON form).
function written(credential) {
  const { response } = credential;
  const said = { clientDataJSON: toText(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = toText(response.attestationObject);
    said.transports = response.getTransports?.() ?? [];
  } else {
    said.authenticatorData = toText(response.authenticatorData);
    said.signature = toText(response.signature);
    said.userHandle = response.userHandle ? toText(response.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: said,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.ask, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()).request_options;
}

async function sign(form) {
  const options = await optionsOf(form);
  return form.dataset.passkey === "create"
    ? navigator.credentials.create(forCreating(options))
    : navigator.credentials.get(forGetting(options));
}

async function onSubmit(event) {
  const form = event.target;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  say(form, "");
  try {
    form.elements.credential.value = JSON.stringify(written(await sign(form)));
    form.submit(); // not requestSubmit: that would come here again
  } catch (error) {
    button.disabled = false;
    say(form, SENTENCES[error.name] ?? "This did not work. Load the page again, then try once more.");
  }
}

function say(form, text) {
  const part = form.querySelector(`[${PART}]`);
  part.textContent = text;
  part.hidden = !text;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (window.PublicKeyCredential) {
    form.hidden = false;
    form.addEventListener("submit", onSubmit);
  } else say(form, "This browser cannot use passkeys here: they need a recent one, and the office's secure address.");
}
