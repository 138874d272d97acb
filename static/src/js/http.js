// What every request of ours carries, and what a refusal says.

export function csrfToken() {
  // The cookie is newer than the page after somebody signed in again in another tab.
  const cookie = document.cookie.match(/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/);
  return cookie ? decodeURIComponent(cookie[1]) : document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

export function post(url, values = {}, options = {}) {
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams(values),
    headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true", ...options.headers },
    credentials: "same-origin",
    signal: options.signal,
    keepalive: options.keepalive ?? false,
  });
}

const SENTENCES = {
  0: "The office's server did not answer. What you typed is still here: try again in a moment.",
  401: "You were signed out. Sign in again: what you typed is still here.",
  403: "Your role does not include this. Your office manager can change that.",
  404: "This is no longer here. Somebody may have removed it.",
  413: "This file is too large.",
  429: "Too many tries. Wait a few minutes.",
};

// The sentence of a problem body (RFC 9457), or of an error page, or ours.
export function sentenceOf(status, body) {
  try {
    const problem = JSON.parse(body);
    if (problem.detail || problem.title) return problem.detail || problem.title;
  } catch {
    const said = new DOMParser().parseFromString(body || "", "text/html").querySelector(".error-say");
    if (said) return said.textContent.trim();
  }
  return SENTENCES[status] ?? "This did not work. The fault is ours and has been recorded; nothing was half-saved.";
}
