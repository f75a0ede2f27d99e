"""A morning in the inventory, without a mouse where hands are full: a part, a bill, a file with errors,
a blind count by scanner; hostile names do nothing; then a picture of every page."""

import os

from house import House

HOSTILE = '<script>window.stolen=1</script>"\'&'

FILE = """code,name,type,barcode,change,on_hand,reason
RAM-16,,,,5,,delivery
SSD-1T,1 TB SSD,SSD,2003,,12,
,nobody,,,,1,
SSD-2T,2 TB SSD,SSD,2003,,1,
"""

PAGES = [
    ("inventory", "/stock"), ("inventory-low", "/stock?low=yes"), ("inventory-part", None),
    ("inventory-variants", "/stock/variants"), ("inventory-bill", None), ("inventory-skus", "/stock/skus"),
    ("inventory-movements", "/stock/movements"), ("inventory-counts", "/stock/counts"),
    ("inventory-import", "/stock/import"), ("inventory-offers", "/stock/offers"),
    ("inventory-labels", "/stock/labels"),
]


def said(page):
    return page.get_by_role("status").inner_text()


def enter(page):
    """Sends the form that the focus is in, and waits for the page that answers."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def press(page, words):
    with page.expect_navigation():
        page.get_by_role("button", name=words).click()


def play(house):
    page = house.visit(os.environ.get("QUAYSIDE_NAME", "robin"))
    page.goto(house.url + "/stock")
    house.check(page)
    page.get_by_label("Code", exact=True).fill("RAM-16")
    page.get_by_label("Name", exact=True).fill(HOSTILE)
    page.get_by_label("Type", exact=True).fill("RAM")
    page.get_by_label("Barcode", exact=True).fill("4006381333931")
    page.get_by_label("How many are there").fill("20")
    enter(page)
    assert "RAM-16 is there now" in said(page)
    assert page.evaluate("window.stolen") is None
    house.check(page)
    page.get_by_label("More or fewer").fill("-2")
    page.get_by_label("Why", exact=True).fill("bent pins " + HOSTILE)
    enter(page)
    assert "-2 of RAM-16" in said(page)
    page.get_by_label("More or fewer").fill("-99")
    page.get_by_label("Why", exact=True).fill("too many")
    enter(page)
    assert "more would leave than there is" in page.inner_text("main")
    house.check(page)

    page.goto(house.url + "/stock/variants")
    page.get_by_label("Our SKU", exact=True).fill("LAP-16")
    page.get_by_label("Title", exact=True).fill("A laptop " + HOSTILE)
    page.get_by_label("Base model").fill("X1")
    enter(page)
    page.get_by_label("Parts, a line each").fill("RAM-16 2")
    press(page, "Save the bill")
    assert "9 can be built" in page.inner_text("main")
    house.check(page)

    page.goto(house.url + "/stock/import")
    house.check(page)
    page.get_by_label("File", exact=True).set_input_files(
        {"name": f"parts{HOSTILE.replace('/', '')}.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    press(page, "Show what it would do")
    refused = page.get_by_role("region", name="Refused rows").inner_text()
    assert "code: is missing" in refused and "is also SSD-1T's" in refused
    house.check(page)
    house.shoot(page, "inventory-preview")
    press(page, "Apply the other 2 rows")
    assert "2 rows applied" in said(page)
    page.go_back()
    page.reload()
    assert "not here any more" in page.inner_text("main")

    # A sheet goes with its second tap only.
    page.goto(house.url + "/stock/counts")
    page.get_by_label("Title", exact=True).fill("Thursday")
    press(page, "Begin")
    page.get_by_text("Throw it away", exact=True).click()
    page.get_by_role("button", name="Yes, throw it away").wait_for()
    assert page.get_by_role("heading", name="Thursday").is_visible()
    house.check(page)
    press(page, "Yes, throw it away")
    assert "Thrown away" in said(page)

    page.get_by_label("Title", exact=True).fill("Friday")
    press(page, "Begin")
    # The scanner types into the field that waits for it; its Enter asks for the number.
    page.get_by_label("Scan or type a code").fill("4006381333931")
    page.get_by_label("How many are there").fill("22")
    enter(page)
    assert page.evaluate("document.activeElement.id") == "code"
    assert "Expected" not in page.inner_text("main")
    house.check(page)
    press(page, "Book the differences")
    assert "Closed" in said(page)
    assert "-1" in page.get_by_role("table").first.inner_text()
    house.check(page)


def pictures(house):
    for theme in ("light", "dark"):
        for phone in (False, True):
            suffix = f"-{theme}" + ("-phone" if phone else "")
            page = house.visit(os.environ.get("QUAYSIDE_NAME", "robin"), theme=theme, phone=phone)
            for name, address in PAGES:
                if address is None:
                    page.goto(house.url + ("/stock" if name == "inventory-part" else "/stock/variants"))
                    first = page.locator("tbody tr a.id").first
                    assert first.count() > 0, f"{name}: nothing is listed"
                    with page.expect_navigation():
                        first.click()
                else:
                    page.goto(house.url + address)
                house.check(page)
                house.shoot(page, name + suffix, full=not phone)


with House() as house:
    if os.environ.get("QUAYSIDE_PICTURES_ONLY") is None:
        play(house)
    pictures(house)
