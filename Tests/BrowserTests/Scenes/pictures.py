"""A picture of every room, light and dark, on a desk and on a phone; and what every page owes everybody."""

import os

from house import House

ROOMS = [
    ("overview", "/"), ("orders", "/orders"), ("people", "/people"), ("audit", "/people/audit"),
    ("account", "/account"), ("demo", "/demo"), ("effects", "/effects"), ("bench", "/bench"),
    ("inbox", "/inbox"), ("inventory", "/inventory"),
]

with House() as house:
    for theme in ("light", "dark"):
        for phone in (False, True):
            suffix = f"-{theme}" + ("-phone" if phone else "")
            door = house.stranger(theme=theme, phone=phone)
            door.goto(house.url + "/sign-in")
            house.check(door)
            house.shoot(door, "sign-in" + suffix)
            page = house.visit(os.environ.get("QUAYSIDE_NAME", "demo"), theme=theme, phone=phone)
            for name, address in ROOMS:
                if page.goto(house.url + address).status == 404:
                    continue
                house.check(page)
                house.shoot(page, name + suffix)
            for name, status in [("order", "shipped"), ("order-parked", "parked"), ("order-waiting", "accepted")]:
                page.goto(house.url + f"/orders?status={status}")
                first = page.locator("tbody tr a.id").first
                if first.count() == 0:
                    continue
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
