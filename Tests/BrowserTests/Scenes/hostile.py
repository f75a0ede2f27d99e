"""Names and texts from outside that would rather be markup, script, or another order's id."""

import os
from urllib.parse import quote

from house import House, PHONE

HOSTILE = os.environ["HOSTILE_ID"]

with House() as house:
    asked = []
    for phone in (False, True):
        page = house.visit("boss", phone=phone)
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        page.on("request", lambda r: asked.append(r.url) if not r.url.startswith(house.url) else None)
        for address in [
            "/", "/orders", "/orders/" + quote(HOSTILE, safe=""), "/effects", "/people/audit",
            "/orders?q=" + quote(HOSTILE), "/people",
        ]:
            answer = page.goto(house.url + address)
            assert answer.status == 200, f"{address}: {answer.status}"
            assert page.evaluate("window.stolen") is None
            house.check(page)
        page.goto(house.url + "/orders/" + quote(HOSTILE, safe=""))
        shown = page.get_by_role("heading", level=1).inner_text()
        assert "\u202e" not in shown and "<script>" in shown, shown
    assert asked == [], asked

    # A viewer is told no customer's data, a packer neither; the owner is.
    viewer = house.visit("viv")
    viewer.goto(house.url + "/orders/W1001-A")
    text = viewer.get_by_role("main").inner_text()
    assert "R. E." in text and "Robin" not in text and "Sample" not in text, text
    assert viewer.get_by_role("button", name="Retry").count() == 0
    boss = house.visit("boss")
    boss.goto(house.url + "/orders/W1001-A")
    text = boss.get_by_role("main").inner_text()
    assert "Robin Example" in text and "12 Sample Street" in text, text

    # A page that is open hears that something changed, and shows it without being asked.
    other = house.visit("boss")
    other.goto(house.url + "/orders/W1001-A")
    other.get_by_text("Live", exact=True).wait_for()
    boss.locator("summary", has_text="Hold").click()
    boss.get_by_label("Why?").fill("look at this")
    boss.get_by_role("button", name="Hold").click()
    boss.get_by_role("status").wait_for()
    other.get_by_text("Held by boss").wait_for()
