"""A mail server on the loopback, as much of RFC 5321 as a letter needs; it can also refuse, hang, or not be there."""

import contextlib
import email
import email.policy
import socketserver
import threading


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say(220, "ready")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb in {"EHLO", "HELO", "MAIL", "RSET", "NOOP"}:
                self.say(250, "OK")
            elif verb == "RCPT":
                self.say(self.server.answers_recipient, "said of this mailbox")
            elif verb == "DATA":
                self.say(354, "go on")
                self.server.letters.append(self.letter())
                self.say(250, "taken")
            elif verb == "QUIT":
                self.say(221, "bye")
                return

    def say(self, code, words):
        self.wfile.write(f"{code} {words}\r\n".encode())

    def letter(self):
        lines = iter(self.rfile.readline, b".\r\n")
        whole = b"".join(line.removeprefix(b".") for line in lines)
        return email.message_from_bytes(whole, policy=email.policy.default)


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True
    answers_recipient = 250

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters = []

    @property
    def port(self):
        return self.server_address[1]


@contextlib.contextmanager
def open_for_mail(settings):
    """Letters go through the real SMTP client to a real socket."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        try:
            yield server
        finally:
            server.shutdown()
