"""A picture of every room, light and dark, on a desk and on a phone; and what every page owes everybody."""

import os
import re

from house import House

ROOMS = [
    ("overview", "/"), ("orders", "/orders"), ("people", "/people"), ("audit", "/people/audit"),
    ("account", "/account"), ("demo", "/demo"), ("effects", "/effects"), ("bench", "/bench"),
    ("inbox", "/inbox"), ("templates", "/inbox/templates"), ("rules", "/inbox/rules"),
    ("inventory", "/stock"), ("inventory-low", "/stock?low=yes"), ("variants", "/stock/variants"),
    ("skus", "/stock/skus"), ("movements", "/stock/movements"), ("counts", "/stock/counts"),
    ("import", "/stock/import"), ("offers", "/stock/offers"), ("barcodes", "/stock/labels"),
]

# The first one of a list, whatever it is called.
FIRST = [
    ("order", "/orders?status=shipped"), ("order-parked", "/orders?status=parked"),
    ("order-waiting", "/orders?status=accepted"), ("inventory-part", "/stock"),
    ("inventory-bill", "/stock/variants"),
]

# A demo that has come to its end has none of these left.
MAY_BE_OVER = {"order-parked", "order-waiting"}


def press_buttons(house):
    """As a newcomer does: each button of the demo's own room, and what comes of it in the others."""
    page = house.visit(os.environ.get("QUAYSIDE_NAME", "demo"))

    def pressed(words):
        page.goto(house.url + "/demo")
        page.get_by_role("button", name=words).click()
        said = page.locator(".flash").inner_text()
        return said, (re.findall(r"\b[A-Z0-9]+-[A-Z]\b", said) or [None])[0]

    def ships(order):
        """Until its page says so; before the next pull there is no such page."""
        for _ in range(120):
            if page.goto(house.url + "/orders/" + order).status == 200:
                if "Shipped" in page.locator("p.chips").inner_text():
                    return
            page.wait_for_timeout(1_000)
        raise AssertionError(f"{order} does not ship")

    said, order = pressed("Send me an order")
    assert order and "was placed" in said, said
    ships(order)
    said, order = pressed("Write me a message")
    assert order and "wrote about" in said, said
    for _ in range(60):
        page.goto(house.url + "/inbox?q=" + order)
        if page.locator("#threads a[data-thread]").count() > 0:
            break
        page.wait_for_timeout(1_000)
    else:
        raise AssertionError(f"nobody wrote about {order}")
    # Whatever breaks outside: the order ships all the same.
    said, order = pressed("Break something")
    assert order and "Broken" in said, said
    ships(order)
    house.check(page)


with House() as house:
    press_buttons(house)
    for theme in ("light", "dark"):
        for phone in (False, True):
            suffix = f"-{theme}" + ("-phone" if phone else "")
            door = house.stranger(theme=theme, phone=phone)
            door.goto(house.url + "/sign-in")
            house.check(door)
            house.shoot(door, "sign-in" + suffix)
            page = house.visit(os.environ.get("QUAYSIDE_NAME", "demo"), theme=theme, phone=phone)
            for name, address in ROOMS:
                answer = page.goto(house.url + address)
                assert answer.status == 200, f"{address}: {answer.status}"
                house.check(page)
                house.shoot(page, name + suffix)
            page.goto(house.url + "/inbox")
            page.locator("#threads a[data-thread]").first.click()
            page.wait_for_load_state()
            house.check(page)
            house.shoot(page, "inbox-thread" + suffix)
            for name, address in FIRST:
                page.goto(house.url + address)
                first = page.locator("tbody tr a.id").first
                if name in MAY_BE_OVER and first.count() == 0:
                    continue
                assert first.count() > 0, f"{name}: nothing is listed"
                first.click()
                page.wait_for_load_state()
                house.check(page)
                house.shoot(page, name + suffix)
                if name == "order" and suffix == "-light":
                    page.get_by_text("Look at the label").click()
                    page.wait_for_timeout(1500)
                    page.locator("iframe").scroll_into_view_if_needed()
                    house.shoot(page, "label" + suffix)
            page.goto(house.url + "/nowhere")
            house.check(page)
            house.shoot(page, "problem" + suffix)
