"""Everything about alerts that commands, the web and the start ask for, over one record."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.alerting.daily import DailyAlerts
from bot.services.alerting.duty import Duty
from bot.services.alerting.night_routes import NightRoutes
from bot.services.alerting.opening import Opening
from bot.services.alerting.points import AlertPoints
from bot.services.alerting.readiness import AlertReadiness
from bot.services.ports import Clock, Ids, Record


@dataclass(frozen=True)
class Alerting:
    """The services of this package."""

    duty: Duty
    points: AlertPoints
    night_routes: NightRoutes
    daily: DailyAlerts
    opening: Opening
    readiness: AlertReadiness

    @classmethod
    def over(cls, record: Record, clock: Clock, ids: Ids, *, has_sender: bool) -> Alerting:
        """The services over one record."""
        routes = NightRoutes(record, clock, ids)
        return cls(
            Duty(record, clock, ids),
            AlertPoints(record, clock, ids),
            routes,
            DailyAlerts(record, clock),
            Opening(record, clock),
            AlertReadiness(record, clock, routes, has_sender),
        )
