"""A plan summed up."""

from campaigns.scheduling.forecast import DayCount, Forecast, summarise
from campaigns.scheduling.plan import plan
from tests.campaigns.scheduling.cases import FOUR_MAILS, calendar, day, local, new_leads


def test_a_forecast_counts_per_day_and_names_the_first_and_last_mail() -> None:
    rules = calendar()
    planned = plan(rules, new_leads(30, FOUR_MAILS[:2]), start=local("2026-11-20 00:00"))
    assert summarise(planned, rules) == Forecast(
        total=60,
        days=(
            DayCount(day("2026-11-20"), 27, 27),
            DayCount(day("2026-11-23"), 3, 27),
            DayCount(day("2026-11-25"), 27, 27),
            DayCount(day("2026-11-26"), 3, 27),
        ),
        first_at=local("2026-11-20 08:00"),
        last_at=local("2026-11-26 08:40"),
        finish_date=day("2026-11-26"),
    )


def test_days_are_local_days() -> None:
    # 08:00 in Apia is the evening before in UTC.
    rules = calendar(zone="Pacific/Apia", holiday_country=None)
    planned = plan(rules, new_leads(1), start=local("2026-11-23 00:00", "Pacific/Apia"))
    assert summarise(planned, rules).days == (DayCount(day("2026-11-23"), 1, 27),)


def test_a_plan_without_mails_has_no_dates() -> None:
    assert summarise([], calendar()) == Forecast(0, (), None, None, None)
