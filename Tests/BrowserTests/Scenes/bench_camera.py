"""The camera as a scanner: where the browser can read barcodes a code counts once for each time it comes
into the picture; where it cannot there is no such button."""

from house import House

READER = """window.inView = [];
window.BarcodeDetector = class { async detect() { return window.inView.map((rawValue) => ({ rawValue })); } };"""


def show(page, *codes):
    page.evaluate("codes => { window.inView = codes; }", list(codes))


def expect_count(page, wanted):
    page.wait_for_function(
        "wanted => [...document.querySelectorAll('.item-count')]"
        ".map((e) => e.lastChild.textContent).join(' ') === wanted",
        arg=wanted,
    )


with House() as house:
    blind = house.stranger()
    blind.add_init_script("delete window.BarcodeDetector")
    house.sign_in(blind, "lee")
    blind.goto(house.url + "/bench")
    assert blind.get_by_role("button", name="Camera").count() == 0

    page = house.stranger()
    page.context.grant_permissions(["camera"], origin=house.url)
    page.add_init_script(READER)
    house.sign_in(page, "kim")
    page.goto(house.url + "/bench")
    page.get_by_role("button", name="Camera", exact=True).click()
    page.get_by_role("button", name="Stop the camera").wait_for()
    house.check(page)
    show(page, "W1001-A")
    page.get_by_role("heading", name="W1001-A").wait_for()
    expect_count(page, "0/2 0/1")

    # The order came into the same page: the camera goes on looking.
    page.get_by_role("button", name="Stop the camera").wait_for()
    show(page, "RAM8", "SSD1")
    page.get_by_text("One code at a time").wait_for()
    expect_count(page, "0/2 0/1")
    # It stays in the picture, and is one part.
    show(page, "RAM8")
    expect_count(page, "1/2 0/1")
    page.wait_for_timeout(1_500)
    expect_count(page, "1/2 0/1")
    # It leaves, and comes again.
    show(page)
    page.wait_for_timeout(1_500)
    show(page, "RAM8")
    expect_count(page, "2/2 0/1")
    page.get_by_role("button", name="Stop the camera").click()
    assert page.evaluate("document.getElementById('bench-video').srcObject.getTracks()[0].readyState") == "ended"
