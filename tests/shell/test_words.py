"""How dates, times, lengths and money are written on every page."""

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from kernel.templatetags import house

TODAY = dt.date(2026, 11, 16)


@pytest.mark.parametrize(
    ("born", "says"),
    [
        (dt.date(1962, 7, 14), "14 Jul 1962 (64)"),
        (dt.date(1962, 11, 17), "17 Nov 1962 (63)"),
        (dt.date(2024, 11, 16), "16 Nov 2024 (2)"),
        (dt.date(2024, 11, 17), "17 Nov 2024 (23 mo)"),
        (dt.date(2026, 9, 16), "16 Sep 2026 (2 mo)"),
        (dt.date(2026, 10, 20), "20 Oct 2026 (3 wk)"),
        (dt.date(2026, 11, 15), "15 Nov 2026 (1 day)"),
        (TODAY, "16 Nov 2026 (0 days)"),
        (dt.date(2027, 1, 1), "1 Jan 2027 (0 days)"),
        (None, "Not known"),
    ],
)
def test_a_birth_date_carries_the_age_and_is_never_blank(born, says):
    assert house.dob(born, TODAY) == says


@pytest.mark.parametrize(
    ("time", "bare", "full"),
    [
        (dt.time(7, 0), "7:00", "7:00 am"),
        (dt.time(10, 52), "10:52", "10:52 am"),
        (dt.time(12, 5), "12:05", "12:05 pm"),
        (dt.time(18, 59), "6:59", "6:59 pm"),
        (dt.time(19, 0), "7:00 pm", "7:00 pm"),
        (dt.time(6, 59), "6:59 am", "6:59 am"),
        (dt.time(0, 0), "12:00 am", "12:00 am"),
    ],
)
def test_a_bare_time_means_one_time_of_the_day(time, bare, full):
    assert house.clock(time) == bare
    assert house.clock(time, "full") == full


def test_no_two_times_of_a_day_are_written_alike():
    every = [house.clock(dt.time(hour, 0)) for hour in range(24)]

    assert len(set(every)) == 24


def test_instants_are_shown_in_the_zone_that_is_active():
    noon = dt.datetime(2026, 11, 16, 17, 0, tzinfo=dt.UTC)

    with timezone.override("America/New_York"):
        page = Template("{% load house %}{{ at|clock }} {{ at|day }}").render(Context({"at": noon}))

    assert page.startswith("12:00 Mon 16 Nov")


@pytest.mark.parametrize(
    ("length", "says"),
    [
        (0, "0 m"),
        (31, "31 m"),
        (60, "1 h"),
        (65, "1 h 5 m"),
        (dt.timedelta(minutes=128, seconds=59), "2 h 8 m"),
        (dt.timedelta(minutes=-3), "0 m"),
    ],
)
def test_lengths_are_said_in_hours_and_minutes(length, says):
    assert house.minutes(length) == says


@pytest.mark.parametrize(
    ("amount", "cents", "whole"),
    [
        ("1286", "$1,286.00", "$1,286"),
        ("-20", "−$20.00", "−$20"),
        ("0.005", "$0.01", "$0"),
        ("31904.5", "$31,904.50", "$31,905"),
        ("-0.001", "$0.00", "$0"),
    ],
)
def test_money_is_rounded_half_up_once_and_a_minus_is_a_minus(amount, cents, whole):
    assert house.money(Decimal(amount)) == cents
    assert house.money(Decimal(amount), "whole") == whole


@pytest.mark.parametrize(
    ("name", "says"),
    [("Helen Marsh", "HM"), ("Ana Lucia de Souza", "AS"), ("Cher", "C"), ("", ""), (" 李 ", "李")],
)
def test_initials_are_the_first_and_the_last_word(name, says):
    assert house.initials(name) == says


class AskForm(forms.Form):
    mobile = forms.CharField(widget=forms.TextInput(attrs={"placeholder": "Mobile"}))
    when = forms.CharField(widget=forms.TextInput(attrs={"placeholder": "12/3 or +2w"}))


def test_a_placeholder_that_repeats_the_label_is_left_out():
    form = AskForm()

    assert "placeholder" not in house.control(form["mobile"])
    assert 'placeholder="12/3 or +2w"' in house.control(form["when"])


def test_an_error_is_tied_to_its_control():
    page = house.field(AskForm({"when": "soon"})["mobile"])

    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_mobile_error"' in page
    assert 'id="id_mobile_error"' in page
    assert "This field is required." in page
