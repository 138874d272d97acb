"""What a task costs the person who does it: clicks and keys, done in a real page and counted."""


class Hands:
    """
    The hands of whoever sits at a page. Looking and waiting cost nothing.

    A drag is one click; each letter typed, and each chord such as Ctrl+Enter, is one key.
    """

    def __init__(self, page):
        self.page = page
        self.clicks = self.keys = 0

    def click(self, target):
        """A locator, or a point of the page."""
        self.clicks += 1
        if isinstance(target, tuple):
            self.page.mouse.click(*target)
        else:
            target.click()

    def drag(self, target, to):
        self.clicks += 1
        box = target.bounding_box()
        self.page.mouse.move(box["x"] + 30, box["y"] + 6)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 40, box["y"] + 20, steps=3)
        self.page.mouse.move(*to, steps=8)
        self.page.mouse.up()

    def press(self, *keys):
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)

    def type(self, words):
        self.press(*words)


def toast(page, words):
    """The answer of an act, as it is said."""
    page.locator(".toast-u", has_text=words).wait_for(timeout=5000)
