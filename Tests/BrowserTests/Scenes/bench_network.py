"""The network goes and comes: scans wait in the browser, in their order, and count once."""

from house import House


def expect_counts(page, wanted):
    page.wait_for_function(
        "wanted => [...document.querySelectorAll('.item-count')]"
        ".map((e) => e.lastChild.textContent).join(' ') === wanted",
        arg=wanted,
    )


with House() as house:
    page = house.visit("kim")
    page.goto(house.url + "/bench")
    house.scan(page, "W1001-A")
    page.get_by_role("heading", name="W1001-A").wait_for()

    page.context.set_offline(True)
    house.scan(page, "RAM8")
    page.wait_for_timeout(600)
    house.scan(page, "RAM8")
    house.scan(page, "SSD1")
    page.get_by_text("3 scans wait").wait_for()
    house.scan(page, "SN-0001")
    page.get_by_text("4 scans wait").wait_for()
    expect_counts(page, "0/2 0/1")
    page.context.set_offline(False)
    expect_counts(page, "2/2 1/1")
    page.locator("#bench-label").wait_for()

    # Answers are lost after the server took the scan: it is sent again, and counts once.
    page.goto(house.url + "/bench")
    house.scan(page, "W1003-A")
    page.get_by_role("heading", name="W1003-A").wait_for()
    lost = []

    def lose(route):
        if len(lost) < 3:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/bench/events", lose)
    house.scan(page, "RAM8")
    expect_counts(page, "1/2 0/1")
    assert lost == [200, 200, 200], lost
    page.unroute("**/bench/events")

    # A reload while scans wait loses none and doubles none.
    page.route("**/bench/events", lambda route: route.abort())
    page.wait_for_timeout(500)
    house.scan(page, "RAM8")
    house.scan(page, "SSD1")
    page.get_by_text("2 scans wait").wait_for()
    page.reload()
    expect_counts(page, "1/2 0/1")
    page.unroute("**/bench/events")
    expect_counts(page, "2/2 0/1")
    page.get_by_text("Scan the serial number of SSD 1 TB").wait_for()
