"""The map coloured by what residents breathe."""


def test_a_raster_colours_the_areas(at_work, settled):
    window = at_work
    wanted = next(one for one in window.session.colourable() if one.id == "raster.pm25")
    window.colouring.choose(wanted)
    settled()
    assert window.map.legend._title.text() == "Particulates PM2.5, µg/m³"
    values, classes, _ = window.session.colours(wanted)
    assert len(values) == 338 and (classes >= 0).all() and (values > 5).all() and (values < 13).all()
    assert window.colouring._said_of(0) == f"Particulates PM2.5: {values[0]:.2f}"
