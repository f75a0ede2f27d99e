"""The bench in light and dark, at a desk and on a phone."""

from house import House

with House() as house:
    first = house.visit("kim")
    first.goto(house.url + "/bench")
    house.scan(first, "W1001-A")
    first.get_by_role("heading", name="W1001-A").wait_for()
    for code in ["RAM8", "QS-SWAP", "RAM4", "RAM8"]:
        house.scan(first, code)
        first.wait_for_timeout(500)
    first.get_by_text("in place of RAM 4 GB").wait_for()
    session = first.url
    for theme in ["light", "dark"]:
        for device, phone in [("desktop", False), ("phone", True)]:
            page = house.visit("kim", theme=theme, phone=phone)
            page.goto(house.url + "/bench")
            house.check(page)
            house.shoot(page, f"bench-list-{theme}-{device}")
            page.goto(session)
            house.check(page)
            house.scan(page, "RAM4")
            page.get_by_role("alertdialog").wait_for()
            house.check(page)
            house.shoot(page, f"bench-alarm-{theme}-{device}")
            page.wait_for_timeout(500)
            page.keyboard.press("Enter")
            page.get_by_role("alertdialog").wait_for(state="hidden")
            page.reload()
            house.shoot(page, f"bench-session-{theme}-{device}")
            page.context.close()
    house.scan(first, "SSD1")
    first.get_by_text("Scan the serial number of SSD 1 TB").wait_for()
    house.scan(first, "SN-0001")
    first.locator("#bench-label").wait_for()
    house.scan(first, "7000000000000017")
    first.locator(".banner.great").wait_for()
    for theme in ["light", "dark"]:
        for device, phone in [("desktop", False), ("phone", True)]:
            page = house.visit("kim", theme=theme, phone=phone)
            page.goto(session)
            page.locator(".banner.great").wait_for()
            house.check(page)
            house.shoot(page, f"bench-packed-{theme}-{device}")
            page.context.close()
