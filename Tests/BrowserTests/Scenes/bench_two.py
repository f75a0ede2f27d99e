"""Two packers on one order, a viewer, and somebody with a keyboard only."""

from house import House

with House() as house:
    kim = house.visit("kim")
    kim.goto(house.url + "/bench")
    house.scan(kim, "W1001-A")
    kim.get_by_role("heading", name="W1001-A").wait_for()
    house.scan(kim, "RAM8")
    kim.locator("#bench-said.good").wait_for()

    lee = house.visit("lee")
    lee.goto(house.url + "/bench")
    assert "with kim" in lee.locator(".tasks").inner_text()
    house.scan(lee, "W1001-A")
    lee.get_by_role("button", name="Take it over from kim").wait_for()
    assert "TAKEN" in lee.locator("#bench-work").inner_text()
    house.check(lee)
    lee.get_by_role("button", name="Take it over from kim").click()
    lee.get_by_role("button", name="Swap a part").wait_for()
    house.scan(kim, "RAM8")
    kim.get_by_text("lee has this order in hand").first.wait_for()
    house.scan(lee, "RAM8")
    lee.wait_for_function(
        "() => document.querySelector('.item-count').lastChild.textContent === '2/2'"
    )

    # A viewer sees it and changes nothing.
    viewer = house.visit("vic")
    viewer.goto(lee.url)
    assert viewer.locator("#code").count() == 0
    assert viewer.get_by_role("button", name="Swap a part").count() == 0
    # The very event that counts for a packer is refused to a viewer, for no other reason.
    for page, status in [(viewer, 403), (kim, 200)]:
        answer = page.request.post(
            house.url + "/bench/events",
            form={
                "client": "0190c9c8-0000-7000-8000-000000000001", "seq": "1", "kind": "scan",
                "text": "X",
                "_form": page.locator('meta[name="form-token"]').get_attribute("content"),
            },
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status == status, answer.status
    house.check(viewer)

    # No mouse and no scanner: typed slowly, function keys, Enter.
    kim.goto(house.url + "/bench")
    kim.keyboard.type("W1003-A", delay=150)
    kim.keyboard.press("Enter")
    kim.get_by_role("heading", name="W1003-A").wait_for()
    kim.keyboard.press("F2")
    kim.get_by_text("Scan the part that you took out").first.wait_for()
    kim.keyboard.type("P-RAM4", delay=150)
    kim.keyboard.press("Enter")
    kim.get_by_text("is out: scan the part that goes in").wait_for()
    kim.keyboard.type("nonsense", delay=150)
    kim.keyboard.press("Enter")
    alarm = kim.get_by_role("alertdialog")
    alarm.wait_for()
    kim.keyboard.press("Tab")
    assert kim.evaluate("document.activeElement.id") == "bench-read"
    kim.wait_for_timeout(500)
    kim.keyboard.press("Escape")
    alarm.wait_for(state="hidden")
    kim.keyboard.type("P-RAM8", delay=150)
    kim.keyboard.press("Enter")
    kim.get_by_text("in place of RAM 4 GB").wait_for()
    kim.keyboard.press("F8")
    kim.get_by_text("A SWAP STAYS").first.wait_for()
    kim.keyboard.press("F4")
    kim.get_by_text("No label yet").first.wait_for()
