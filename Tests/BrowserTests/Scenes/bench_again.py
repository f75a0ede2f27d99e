"""The label of a packed parcel is printed again: by its button, and by the key."""

from house import House

with House() as house:
    page = house.visit("kim")
    page.goto(house.url + "/bench")
    for code in ["W1002-A", "OSPREY", "RAM8"]:
        house.scan(page, code)
        page.wait_for_timeout(400)
    page.locator("#bench-label").wait_for()
    house.scan(page, "7000000000000024")
    page.locator(".banner.great").wait_for()
    assert page.locator("#bench-label").count() == 0

    page.get_by_role("button", name="Print again").click()
    page.locator("#bench-said", has_text="Printed again").wait_for()
    page.locator("#bench-label").wait_for()
    assert not page.get_by_role("alertdialog").is_visible()
    house.check(page)
    page.keyboard.press("F4")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.scans strong')]"
        ".filter((e) => e.textContent === 'LABEL').length === 3"
    )
    # The next order all the same.
    house.scan(page, "W1001-A")
    page.get_by_role("heading", name="W1001-A").wait_for()
