"""Signed out in the middle of a parcel: no scan is lost, whichever tab signs in again."""

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
    session = page.url

    # The way back leads to this very order, and what waited is counted there.
    page.context.clear_cookies()
    house.scan(page, "RAM8")
    page.get_by_text("Signed out: 1 scan waits").wait_for()
    link = page.get_by_role("link", name="Sign in again")
    assert page.evaluate("document.documentElement.dataset.benchSound") == "bad"
    house.check(page)
    link.click()
    page.get_by_label("Name", exact=True).fill("kim")
    page.get_by_label("Password", exact=True).fill(house.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(session)
    expect_counts(page, "1/2 0/1")

    # Somebody else signs in beside it: nothing goes out under another name.
    page.context.clear_cookies()
    house.scan(page, "RAM8")
    page.get_by_text("Signed out: 1 scan waits").wait_for()
    other = page.context.new_page()
    house.sign_in(other, "lee")
    page.bring_to_front()
    house.scan(page, "SSD1")
    page.get_by_text("Signed out: 2 scans wait").wait_for()
    assert page.locator(".scans li").count() == 2
    # The right one does: all of it counts, on the page as it stands.
    house.sign_in(other, "kim")
    page.bring_to_front()
    house.scan(page, "SN-0001")
    expect_counts(page, "2/2 1/1")
    page.locator("#bench-label").wait_for()
    link.wait_for(state="hidden")

    # Nothing has to be scanned to go on: the tab comes back into view.
    page.goto(house.url + "/bench")
    page.context.clear_cookies()
    house.scan(page, "W1003-A")
    page.get_by_text("Signed out: 1 scan waits").wait_for()
    house.sign_in(other, "kim")
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("heading", name="W1003-A").wait_for()
