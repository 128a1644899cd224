package model

import "lockstep/sync/event"

// because says what a system's code for one entry's trouble means, and what
// helps, where that is known; else it names the code.
func because(code string) string {
	words := map[string]string{
		"has_hours":         "hours are booked on it; delete it there",
		"has_customer":      "it belongs to a customer; delete it there",
		"has_phase":         "it belongs to a project phase; delete it there",
		"not_owner":         "only its owner can change it",
		"is_owner":          "its owner cannot leave it, and nobody else is in it; delete it there",
		"owner_fixed":       "its owner left, and it cannot be given to another; change its owner there",
		"no_activity_type":  "there is no activity type for it; activate one there",
		"series_part":       "this person is in single dates of a series alone; add him to the series, or enter the dates by hand",
		"series_rule":       "its dates are not those of its rule; save the series there once more",
		"series_exception":  "it cannot be told which of its dates were moved; move one of them back to its day",
		"series_undelete":   "a deleted date of a series cannot be brought back; enter it there by hand",
		event.HoldException: "single dates of a series cannot be changed there; enter this date by hand",
	}
	if w, ok := words[code]; ok {
		return ": " + w
	}
	return " (" + code + ")"
}
