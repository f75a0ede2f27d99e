"""An event that the server refuses again and again is shown, and what waits behind it goes on."""

from house import House

with House() as house:
    page = house.visit("kim")
    page.goto(house.url + "/bench")
    house.scan(page, "W1001-A")
    page.get_by_role("heading", name="W1001-A").wait_for()

    def refuse(route):
        if "text=STUCK" in (route.request.post_data or ""):
            route.fulfill(
                status=500,
                content_type="application/json",
                body='{"error": {"message": "Sorry."}}',
            )
        else:
            route.continue_()

    page.route("**/bench/events", refuse)
    house.scan(page, "STUCK")
    page.locator("#bench-alarm").get_by_text("NOT TAKEN").wait_for()
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    house.scan(page, "RAM8")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.item-count')]"
        ".some((e) => e.lastChild.textContent === '1/2')"
    )
