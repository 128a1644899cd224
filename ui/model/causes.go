package model

import (
	"strings"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// because says what a code for one entry's trouble means, and what helps, where
// that is known; else it names the code. Behind a blank it may say what it is
// about.
func because(code string) string {
	name, about, _ := strings.Cut(code, " ")
	w, ok := causes()[name]
	w = say.Of(w)
	switch {
	case !ok:
		return " (" + code + ")"
	case about != "":
		return ": " + w + " (" + about + ")"
	}
	return ": " + w
}

// causes has words for each code of our own; all others are the systems'.
func causes() map[string]string {
	return map[string]string{
		"has_hours":         say.Key("hours are booked on it; delete it there"),
		"has_customer":      say.Key("it belongs to a customer; delete it there"),
		"has_phase":         say.Key("it belongs to a project phase; delete it there"),
		"not_owner":         say.Key("only its owner can change it"),
		"is_owner":          say.Key("its owner cannot leave it, and nobody else is in it; delete it there"),
		"owner_fixed":       say.Key("its owner left, and it cannot be given to another; change its owner there"),
		"no_activity_type":  say.Key("there is no activity type for it; activate one there"),
		"series_part":       say.Key("this person is in single dates of a series alone; add him to the series, or enter the dates by hand"),
		"series_rule":       say.Key("its dates are not those of its rule; save the series there once more"),
		"series_exception":  say.Key("it cannot be told which of its dates were moved; move one of them back to its day"),
		"series_undelete":   say.Key("a deleted date of a series cannot be brought back; enter it there by hand"),
		"no_occurrence":     say.Key("the series has no such date any more; look at the series in both calendars"),
		"no_slot":           say.Key("there is no place for a mark on it; this needs no doing"),
		"not_a_participant": say.Key("this person is not in it any more; add him there if he should be"),
		"changed_since":     say.Key("it was changed there at the same moment; the next sync looks again"),
		"there_again":       say.Key("it is there already"),
		"unreadable":        say.Key("it came in a form that nobody has described; save it there once more"),
		"bad_times":         say.Key("its start and end make no time; correct them there"),
		"user_unknown":      say.Key("it has no user of that name; check the person's address"),
		"user_inactive":     say.Key("the user is switched off there; switch him on, or this person off"),
		"not_our_cursor":    say.Key("what was noted of the last reading does not fit; the next sync reads all anew"),

		"malformed_property":       say.Key("one of its properties came without a value that makes sense; save it there once more"),
		"incomplete_item":          say.Key("a part without which it is no entry did not come; open it there and save it once more"),
		"truncated_body":           say.Key("its notes came cut off, and writing them back would lose the rest; shorten them there"),
		"unknown_zone":             say.Key("it lasts whole days in a time zone that is not known; save it there in a usual one"),
		"all_day_not_midnight":     say.Key("it lasts whole days that begin at no midnight; save it there as an all-day entry once more"),
		"not_organizer":            say.Key("only its organiser may change that; ask him"),
		"end_before_start":         say.Key("it ends before it starts; correct it there"),
		"bad_cursor":               say.Key("what was noted of the last reading does not fit; the next sync reads all anew"),
		"no_id":                    say.Key("it came without its id; the next sync looks again"),
		"no_folders":               say.Key("the mailbox lists no folders; ask the administrator whether it is whole"),
		"other_certificate":        say.Key("the server's certificate is not the one that was trusted; ask the administrator whether it was renewed"),
		"not_sent":                 say.Key("it was not sent, because another entry before it failed; the next sync sends it"),
		"series_changing":          say.Key("the series changed each time it was looked at; the next sync looks again"),
		"occurrence_off_rule":      say.Key("a date of the series is changed that its rule does not have; save the series there once more"),
		"occurrence_not_there":     say.Key("the series does not have that date any more; look at the series in both calendars"),
		"occurrence_stays_deleted": say.Key("a deleted date of a series cannot be brought back; enter it there by hand"),

		event.HoldException: say.Key("single dates of a series cannot be changed there; enter this date by hand"),
		plan.MovedElsewhere: say.Key("somebody has moved it to another folder; move it back to have it kept in step"),

		// Where a system gives no code, the kind of trouble stands for it.
		"invalid":      say.Key("the system does not take it as it is; look at the entry there"),
		"forbidden":    say.Key("the account may not do that; ask the administrator for the right"),
		"not_found":    say.Key("it is not there any more; the next sync looks again"),
		"precondition": say.Key("it was changed there at the same moment; the next sync looks again"),
		"internal":     say.Key("the answer about it cannot be understood; if it stays, send the diagnostics to support"),
	}
}
