"""Counts the rules of the table on standard input as python-dateutil does: [[name, start, zone, rule], …] -> [[time, …], …]."""

import itertools
import json
import sys
from datetime import datetime

from dateutil import tz
from dateutil.rrule import rrulestr

MOST = int(sys.argv[1])


def counted(start, zone, rule):
    begins = datetime.strptime(start, "%Y%m%dT%H%M%S").replace(tzinfo=tz.gettz(zone))
    for time in itertools.islice(rrulestr(rule.upper(), dtstart=begins), MOST):
        # An hour that the clocks leave out: the time counts on from before.
        if not tz.datetime_exists(time):
            time = tz.resolve_imaginary(time)
        yield time.astimezone(tz.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


json.dump([list(counted(start, zone, rule)) for _, start, zone, rule in json.load(sys.stdin)], sys.stdout)
