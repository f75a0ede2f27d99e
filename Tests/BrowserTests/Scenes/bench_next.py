"""After an order was put down, and beside a colleague's, the next scan opens an order of its own."""

from house import House


def expect_order(page, order):
    page.get_by_role("heading", name=order).wait_for()


with House() as house:
    kim = house.visit("kim")
    kim.goto(house.url + "/bench")
    house.scan(kim, "W1001-A")
    expect_order(kim, "W1001-A")

    # Put down without a network: what was scanned after it goes to the other order.
    kim.context.set_offline(True)
    house.scan(kim, "QS-LEAVE")
    kim.get_by_text("1 scan waits").wait_for()
    house.scan(kim, "W1003-A")
    kim.get_by_text("2 scans wait").wait_for()
    kim.context.set_offline(False)
    expect_order(kim, "W1003-A")

    # Put down with one: the list comes back, and a scan opens again.
    house.scan(kim, "QS-LEAVE")
    expect_order(kim, "Packing bench")
    assert kim.url == house.url + "/bench", kim.url
    house.check(kim)
    house.scan(kim, "W1003-A")
    expect_order(kim, "W1003-A")
    assert not kim.get_by_role("alertdialog").is_visible()

    # The barcode reads a red screen where no order is in hand, too.
    house.scan(kim, "QS-LEAVE")
    expect_order(kim, "Packing bench")
    house.scan(kim, "NOBODY")
    kim.get_by_role("alertdialog").wait_for()
    kim.wait_for_timeout(500)
    house.scan(kim, "QS-OK")
    kim.get_by_role("alertdialog").wait_for(state="hidden")
    house.scan(kim, "W1003-A")
    expect_order(kim, "W1003-A")

    # What a colleague holds is shown, and holds nobody up.
    lee = house.visit("lee")
    lee.goto(house.url + "/bench")
    house.scan(lee, "W1003-A")
    lee.get_by_role("button", name="Take it over from kim").wait_for()
    house.scan(lee, "W1002-A")
    expect_order(lee, "W1002-A")
    lee.goto(kim.url)
    lee.get_by_role("button", name="Take it over from kim").wait_for()
    house.scan(lee, "W1002-A")
    expect_order(lee, "W1002-A")
    # Nor does an order that was taken over.
    lee.goto(kim.url)
    lee.get_by_role("button", name="Take it over from kim").click()
    lee.get_by_role("button", name="Swap a part").wait_for()
    house.scan(kim, "RAM8")
    kim.get_by_text("lee has this order in hand").first.wait_for()
    house.scan(kim, "W1001-A")
    expect_order(kim, "W1001-A")
