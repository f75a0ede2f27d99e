"""A parcel whose label was voided, or whose order was held, after it was packed calls from every page."""

from house import House

with House() as house:
    page = house.visit("kim")
    page.goto(house.url + "/bench")
    notice = page.get_by_role("region", name="Pull these parcels")
    assert "W1002-A has a label that was voided" in notice.inner_text(), notice.inner_text()
    house.check(page)

    # From scan to scan, without the list in between.
    house.scan(page, "W1001-A")
    page.get_by_role("heading", name="W1001-A").wait_for()
    assert "W1002-A" in notice.inner_text()
    house.scan(page, "RAM8")
    page.locator("#bench-said.good").wait_for()
    assert "W1002-A" in notice.inner_text()
    house.check(page)

    # The parcel itself is no green one.
    notice.get_by_role("link", name="W1002-A").click()
    page.get_by_text("PULL THIS PARCEL").wait_for()
    assert page.locator(".banner.great").count() == 0
    assert page.get_by_role("button", name="Print again").count() == 0
    house.scan(page, "W1002-A")
    page.locator("#bench-said", has_text="Pull the parcel").wait_for()
    house.check(page)
