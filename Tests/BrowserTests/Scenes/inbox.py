"""Two agents on one conversation, keys, hostile words, a file too large, a rule tried and armed."""

import pathlib
import struct
import tempfile
import zlib

from house import House


def image_bomb(side):
    """A PNG of one bit a pixel, side by side: small as a file, side * side / 8 bytes when it is drawn."""

    def chunk(kind, content):
        whole = kind + content
        return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + side // 8)) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


with House() as house:
    kim = house.visit("kim")
    ola = house.visit("ola")
    kim.goto(house.url + "/inbox")
    house.check(kim)
    assert kim.evaluate("window.stolen === undefined")
    assert kim.locator("script:not([src])").count() == 0

    # By keyboard alone: the first conversation, and into its answer.
    kim.keyboard.press("j")
    kim.keyboard.press("Enter")
    kim.wait_for_url("**/inbox/*")
    house.check(kim)
    kim.keyboard.press("r")
    kim.keyboard.type("Kim answers first, by keyboard.")

    # Both have it open, and see each other.
    ola.goto(kim.url)
    ola.get_by_text("kim is").wait_for()
    kim.get_by_text("ola is").wait_for()
    ola.get_by_label("Your answer").fill("Ola answers second.")
    kim.keyboard.press("Control+Enter")
    kim.get_by_text("Your answer is on its way").wait_for()
    kim.get_by_text("Kim answers first, by keyboard.").wait_for()

    # The second send is warned, keeps its words, and shows what came in between.
    ola.get_by_role("button", name="Send").click()
    ola.get_by_text("Not sent").wait_for()
    assert ola.locator("#not-sent").get_by_text("Kim answers first, by keyboard.").is_visible()
    assert ola.get_by_label("Your answer").input_value() == "Ola answers second."
    house.check(ola)
    house.shoot(ola, "inbox-warned", full=True)
    ola.get_by_role("button", name="Send anyway").click()
    ola.get_by_text("Your answer is on its way").wait_for()
    assert ola.locator(".message.from-technician").count() == 2

    # A draft survives a reload; a template with an open variable says so.
    ola.get_by_label("Your answer").fill("A draft that stays")
    ola.reload()
    assert ola.get_by_label("Your answer").input_value() == "A draft that stays"
    ola.get_by_label("Template").select_option("On its way")
    ola.get_by_text("Not filled in").wait_for()

    # A file too large is refused with its reason, in the browser and by the server.
    with tempfile.TemporaryDirectory() as folder:
        large = pathlib.Path(folder) / "large.pdf"
        large.write_bytes(b"x" * (11 << 20))
        ola.locator('input[type="file"]').set_input_files(str(large))
        ola.get_by_role("button", name="Send").click()
        ola.get_by_text("is larger than 10 MB").wait_for()
        ola.evaluate("document.querySelector('input[type=file]').dataset.bytesMax = 1 << 30")
        ola.get_by_role("button", name="Send").click()
        ola.get_by_text("files of up to 10 MB can be sent").wait_for()

    # Two that are not too large each, and are together: the page says so.
    pair = [
        {"name": name, "mimeType": "application/pdf", "buffer": b"x" * (8 << 20)}
        for name in ("a.pdf", "b.pdf")
    ]
    ola.locator('input[type="file"]').set_input_files(pair)
    ola.get_by_role("button", name="Send").click()
    ola.get_by_text("larger than 15 MB together").wait_for()

    # An image that unpacks to gigabytes is a file like another: sent as it is, drawn by nobody of ours.
    bomb = image_bomb(60_000)
    ola.goto(house.url + "/inbox?view=all&q=keyboards")
    ola.locator(".thread > a").first.click()
    ola.get_by_label("Your answer").fill("Here is the picture that you asked for.")
    ola.locator('input[type="file"]').set_input_files(
        {"name": "../../bomb\u202egnp.png", "mimeType": "image/png", "buffer": bomb}
    )
    ola.get_by_role("button", name="Send").click()
    ola.get_by_text("Your answer is on its way").wait_for()
    link = ola.locator(".files a").last
    assert "/" not in link.inner_text() and "\u202e" not in link.inner_text(), link.inner_text()
    assert ola.locator("main img").count() == 0
    answer = ola.request.get(house.url + link.get_attribute("href"))
    assert answer.body() == bomb
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"

    # A conversation whose customer, topic and words would rather be markup.
    ola.goto(house.url + "/inbox?view=all")
    ola.locator(".thread > a", has_text="window.stolen").click()
    ola.wait_for_url("**/inbox/*")
    shown = ola.locator(".message-text").first.inner_text()
    assert shown.startswith("<script>window.stolen=1</script> '); drop table"), shown
    assert "\u202e" not in ola.get_by_role("main").inner_text()
    assert ola.evaluate("window.stolen") is None
    assert ola.locator("main img").count() == 0
    house.check(ola)
    ola.goto(house.url + "/inbox?view=all&q=keyboards")
    ola.locator(".thread > a").first.click()
    ola.wait_for_url("**/inbox/*")

    # A note, and away with it.
    ola.get_by_label("A note for us").fill("Remember: a <b>loyal</b> customer")
    ola.get_by_role("button", name="Add note").click()
    ola.get_by_text("Remember: a <b>loyal</b> customer").wait_for()
    ola.get_by_role("button", name="Archive").click()
    ola.get_by_text("A new message brings it back").wait_for()

    # Search, in the other language too.
    ola.get_by_label("Words, a name or an order id").fill("clavier")
    ola.keyboard.press("Enter")
    ola.wait_for_url("**q=clavier*")
    assert ola.locator(".thread").count() == 1

    # A thread of thousands of messages opens at its end and goes back a page at a time.
    ola.goto(house.url + "/inbox?view=all&q=Thousands")
    ola.locator(".thread > a").first.click()
    ola.get_by_text("number 4999", exact=True).wait_for()
    assert ola.locator(".message").count() == 50
    ola.get_by_role("link", name="Earlier messages").click()
    ola.get_by_text("number 4910", exact=True).wait_for()
    assert ola.get_by_text("number 4999", exact=True).count() == 0
    assert ola.locator(".message").count() == 50

    # A rule is tried before it can be armed.
    ola.goto(house.url + "/inbox/rules")
    house.check(ola)
    ola.get_by_role("link", name="First answer").click()
    assert ola.get_by_role("button", name="Arm", exact=True).count() == 0
    ola.get_by_role("button", name="Try on the last 30 days").click()
    ola.get_by_text("What it would have done").wait_for()
    house.check(ola)
    house.shoot(ola, "inbox-dry-run", full=True)
    ola.get_by_role("button", name="Arm", exact=True).click()
    ola.get_by_text("Armed: it answers").wait_for()

    ola.goto(house.url + "/inbox/templates")
    house.check(ola)

    # Who only looks sees neither names nor words, and cannot answer.
    viv = house.visit("viv")
    viv.goto(house.url + "/inbox?view=all")
    house.check(viv)
    viv.locator(".thread > a").first.click()
    viv.wait_for_url("**/inbox/*")
    assert viv.get_by_label("Your answer").count() == 0
    assert viv.locator(".message-text").first.inner_text() == "hidden"
    house.check(viv)

    for theme in ("light", "dark"):
        for phone in (False, True):
            suffix = f"-{theme}" + ("-phone" if phone else "")
            page = house.visit("kim", theme=theme, phone=phone)
            page.goto(house.url + "/inbox?view=all")
            house.check(page)
            house.shoot(page, "inbox" + suffix)
            page.goto(house.url + "/inbox?view=all&q=keyboards")
            page.locator(".thread > a").first.click()
            page.wait_for_url("**/inbox/*")
            house.check(page)
            house.shoot(page, "inbox-thread" + suffix, full=True)
