"""A whole parcel with nothing but a scanner: a wrong scan, a doubled one, a reload in the middle."""

from house import House


def counts(page):
    return [text.split("\n")[-1] for text in page.locator(".item-count").all_inner_texts()]


def expect_counts(page, wanted):
    page.wait_for_function(
        "wanted => [...document.querySelectorAll('.item-count')]"
        ".map((e) => e.lastChild.textContent).join(' ') === wanted",
        arg=wanted,
    )


with House() as house:
    page = house.visit("kim")
    page.goto(house.url + "/bench")
    listed = page.locator(".task .id").all_inner_texts()
    assert listed[:3] == ["W1003-A", "W1001-A", "W1002-A"], listed
    house.check(page)

    # The focus is somewhere else: the scanner types all the same.
    page.evaluate("document.activeElement.blur()")
    house.scan(page, "W1001-A")
    page.get_by_role("heading", name="W1001-A").wait_for()
    session = page.url
    assert "/bench/" in session
    expect_counts(page, "0/2 0/1")
    house.check(page)

    # Suffix Tab; then with control characters and an identifier in front.
    house.scan(page, "RAM8", suffix="Tab")
    expect_counts(page, "1/2 0/1")
    page.locator("#bench-said.good").wait_for()

    # A wrong part, while a button has the focus: red, a word, a sound, and nothing pressed.
    page.get_by_role("button", name="Put it down").focus()
    house.scan(page, "RAM4")
    alarm = page.get_by_role("alertdialog")
    alarm.wait_for()
    # The tail of the scan does not read it. At once: after 0.4 s an Enter would be a person's.
    page.keyboard.press("Enter")
    assert "WRONG PART" in alarm.inner_text(), alarm.inner_text()
    assert "RAM 4 GB" in alarm.inner_text()
    assert page.evaluate("document.documentElement.dataset.benchSound") == "bad"
    red = alarm.evaluate("e => getComputedStyle(e).backgroundColor")
    assert red == "rgb(179, 18, 12)", red
    box = alarm.bounding_box()
    assert box["width"] >= 1280 and box["height"] >= 900, box
    house.check(page)
    assert alarm.is_visible()
    # Another scan does not count.
    house.scan(page, "RAM8")
    page.wait_for_function(
        "() => document.getElementById('bench-alarm-word').textContent === 'READ IT FIRST'"
    )
    # It is still there after a reload: the server keeps it.
    page.reload()
    alarm.wait_for()
    expect_counts(page, "1/2 0/1")
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    alarm.wait_for(state="hidden")

    # One trigger that fires twice.
    house.scan(page, "RAM8", delay=1)
    house.scan(page, "RAM8", delay=1)
    expect_counts(page, "2/2 0/1")
    page.wait_for_function(
        "() => document.querySelector('.scans').innerText.includes('SAME SCAN')"
    )
    assert not alarm.is_visible()

    # A serial number that is in another parcel, then the right one; the scan ends by silence.
    house.scan(page, "SSD1")
    page.get_by_text("Scan the serial number of SSD 1 TB").wait_for()
    house.scan(page, "SN-USED")
    alarm.wait_for()
    assert "W0999-A" in alarm.inner_text()
    page.wait_for_timeout(500)
    house.scan(page, "QS-OK")
    alarm.wait_for(state="hidden")
    house.scan(page, "SN-0001", suffix=None)

    # The label comes by itself.
    page.locator("#bench-label").wait_for()
    expect_counts(page, "2/2 1/1")
    label = page.request.get(session + "/label.pdf")
    assert label.status == 200 and label.headers["content-type"] == "application/pdf"
    assert label.body().startswith(b"%PDF-1.4")
    house.scan(page, "7000000000000017")
    page.locator(".banner.great").wait_for()
    assert "PACKED" in page.locator(".banner").inner_text()

    # The next order, straight away.
    house.scan(page, "W1002-A")
    page.get_by_role("heading", name="W1002-A").wait_for()
    assert page.url != session

    # A burst into another field is a scan, and does not stay there.
    page.get_by_text("Something is missing or damaged").click()
    page.get_by_label("Note").fill("bent")
    house.scan(page, "OSPREY")
    page.wait_for_function(
        "() => document.querySelector('.scans').innerText.includes('OSPREY')"
    )
    assert page.get_by_label("Note").input_value() == "bent"
    page.get_by_role("button", name="Put the order aside").click()
    page.get_by_role("heading", name="Packing bench").wait_for()
    assert "W1002-A" not in page.locator("#bench-work").inner_text()
