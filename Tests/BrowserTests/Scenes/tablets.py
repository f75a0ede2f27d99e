"""No amount is cut off on a tablet, whichever way it is held."""

from house import House

with House() as house:
    page = house.visit("kim")
    for width in (737, 744, 768, 820, 834, 1024):
        page.set_viewport_size({"width": width, "height": 1100})
        page.goto(house.url + "/orders")
        assert page.locator("td.number", has_text="4495.00 CAD").count() > 0
        house.check(page)
