"""When each mail goes: a pure planner that knows no Django, no database and no clock of its own.

`values` says what is planned and by which rules, `calendar` when a domain may send, `slots` what
of a day is still free, `waiting` whose turn it is, `plan` puts these together and `forecast`
sums a plan up for people.
"""
