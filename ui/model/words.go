// Package model turns what the office says into words, rows and labels for
// people: the one place where a reason or a trouble becomes a sentence with
// its remedy. Windows and the command line show what it makes.
//
// It knows no toolkit, no store and no system, and has no state.
package model

import (
	"fmt"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// SideName is what people call a side.
func SideName(s event.Side) string {
	if s == event.Business {
		return "Severa"
	}
	return "Exchange"
}

// Reason puts why an action is what it is into one sentence without a full stop.
func Reason(r plan.Reason) string {
	say, ok := reasons()[r.Code]
	if !ok {
		return string(r.Code)
	}
	return say(r)
}

// reasons has one sentence for each code of package plan.
func reasons() map[plan.Code]func(plan.Reason) string {
	fixed := func(s string) func(plan.Reason) string { return func(plan.Reason) string { return s } }
	side := func(format string) func(plan.Reason) string {
		return func(r plan.Reason) string { return fmt.Sprintf(format, SideName(r.From)) }
	}
	other := func(format string) func(plan.Reason) string {
		return func(r plan.Reason) string { return fmt.Sprintf(format, SideName(r.From), SideName(r.From.Other())) }
	}
	return map[plan.Code]func(plan.Reason) string{
		plan.SameStamp:   fixed("the Exchange entry bears the mark of this one"),
		plan.SameMeeting: fixed("the same meeting that a colleague already has in Severa"),
		plan.SameContent: fixed("same subject, start and end"),
		plan.AsAnswered:  fixed("as you decided"),

		plan.OnlyThere:     side("exists only in %s"),
		plan.ChangedThere:  side("changed in %s"),
		plan.DeletedThere:  side("deleted in %s"),
		plan.MadeAgain:     other("deleted in %s, but changed in %s, so it is made again"),
		plan.LeftThere:     side("this person left it in %s"),
		plan.MarkMissing:   fixed("gets a mark, so that it is recognised later"),
		plan.MarkOutOfDate: fixed("its mark is brought up to date"),
		plan.BothGone:      fixed("deleted in both places"),
		plan.NewerWins: func(r plan.Reason) string {
			return fmt.Sprintf("changed in both places; %s was newer by %s", SideName(r.From), Ago(r.Ahead))
		},
		plan.OrganizerWins: side("changed in both places; the organiser's copy is in %s"),
		plan.OnlyFilled:    side("filled in only in %s"),
		plan.PutBack:       side("edited by hand, and put back, because %s publishes this calendar"),
		plan.PutBackOnce:   side("its copy was deleted, and is made again once, because %s publishes this calendar"),
		plan.MadePrivate:   side("private in %s, so that the copy only tells that the time is taken"),
		plan.OneOfSeries: func(r plan.Reason) string {
			return fmt.Sprintf("one date of a series; %s gets them as single entries, because %s", SideName(r.From.Other()), HoldWords(r.Detail))
		},
		plan.RuleWins: side("changed in both places; your rule says %s is right"),

		plan.SpelledAlike: func(r plan.Reason) string {
			return "at the same time, and the subject is spelled alike; is it the same entry?"
		},
		plan.SameDay: func(r plan.Reason) string {
			if r.Ahead.Abs() >= 24*time.Hour {
				return "the same subject on the same day, one of them the whole day; is it the same entry?"
			}
			return fmt.Sprintf("the same subject on the same day, %s apart; is it the same entry?", Ago(r.Ahead))
		},
		plan.Ambiguous: func(r plan.Reason) string {
			return fmt.Sprintf("%d entries look the same; which one belongs to it?", r.Count)
		},
		plan.DeletedAndEdited: other("deleted in %s, but changed in %s"),
		plan.TiedToMore:       side("deleted in %s, but hours, a customer or a project phase are tied to it in Severa and would be lost with it"),
		plan.DeletedFrozen:    side("deleted in %s, but outside the days that are kept in step"),
		plan.SameAge:          fixed("changed in both places at the same time"),
		plan.ClockUnsure: func(r plan.Reason) string {
			return fmt.Sprintf("changed in both places, and the clock of %s is off by %s, so nobody can say which is newer", SideName(r.From), Ago(r.Ahead))
		},
		plan.BackAndForth: func(r plan.Reason) string {
			return fmt.Sprintf("it keeps going back to what it was, by now the %s time within a day, the last time in %s; does another program write to this calendar?",
				nth(r.Count), SideName(r.From))
		},
		plan.AskedByRule: fixed("changed in both places, and your rule is to ask"),
		plan.OutcomeUnsure: func(r plan.Reason) string {
			switch r.Count {
			case 0:
				return "was sent, but no answer came, and no entry that was made since could be it"
			case 1:
				return "was sent, but no answer came; one entry that was made since could be it"
			}
			return fmt.Sprintf("was sent, but no answer came; %d entries that were made since could be it", r.Count)
		},
		plan.DiffersUnmarked: fixed("the two differ, and it is not known which one changed"),
		plan.PartnerUnknown:  fixed("bears the mark of an entry that is not there any more"),
		plan.Vanished:        side("not listed in %s any more, but not known to be deleted"),

		plan.OutsideWindow: fixed("outside the days that are kept in step"),
		plan.TooOld:        fixed("over for more than the days that a first sync looks back"),
		plan.ProjectTask:   fixed("project tasks are never kept in step"),
		plan.TypeNotChosen: fixed("your office does not send this activity type to Exchange"),
		plan.FilteredOut: func(r plan.Reason) string {
			return "kept out by the office's rule for " + strings.ReplaceAll(r.Detail, "_", " ")
		},
		plan.PrivateKept:      side("private, and your rules keep private entries in %s"),
		plan.FieldClosed:      side("your rules take this only from %s"),
		plan.DirectionClosed:  side("your rules do not write to %s"),
		plan.SideReadOnly:     side("the account may only read in %s"),
		plan.NotOrganizer:     fixed("only the organiser can change this"),
		plan.ColleagueMakesIt: fixed("a colleague's copy becomes the entry in Severa"),
		plan.OtherOffice:      fixed("marked by another Lockstep installation"),
		plan.LeftAlone:        fixed("left alone, as you decided"),
		plan.OnHold:           fixed("undone, and not changed since"),
		plan.Cancelled:        fixed("the organiser has cancelled it"),
		plan.CannotRead: func(r plan.Reason) string {
			return fmt.Sprintf("cannot be read from %s%s", SideName(r.From), because(r.Detail))
		},
		plan.CannotWrite: func(r plan.Reason) string {
			return fmt.Sprintf("%s refuses it%s", SideName(r.From), because(r.Detail))
		},
		plan.SeriesSkipped: func(r plan.Reason) string {
			return fmt.Sprintf("%s cannot hold this series: %s. Simplify it, or enter it there by hand", SideName(r.From), HoldWords(r.Detail))
		},
		plan.SeriesStays: func(r plan.Reason) string {
			return fmt.Sprintf("%s cannot hold what this series has become: %s. The entry there stays as it was, and nothing is deleted. Make it repeat in a simpler way, or change it there by hand as well and have the two left alone",
				SideName(r.From), HoldWords(r.Detail))
		},
		plan.Halted: fixed("stopped for safety"),

		plan.UndoneMade:     side("the run had made it in %s"),
		plan.UndoneChange:   side("the run had changed it in %s"),
		plan.UndoneRemoved:  side("the run had removed it in %s; it is taken back from there as it was"),
		plan.UndoneMadeAnew: side("the run had deleted it in %s for good; it is made anew, without what only %[1]s knew of it"),
		plan.UndonePair:     fixed("the run had paired them; put on hold"),
		plan.UndoChanged:    side("changed in %s since the run, so it stays as it is"),
		plan.UndoGone:       side("not there in %s any more"),
		plan.UndoThere:      side("it, or one just like it, is in %s again"),
		plan.UndoTied:       fixed("hours, a customer or a project phase have been tied to it since; delete it in Severa if they may go with it"),
		plan.UndoShared:     fixed("colleagues have it in their calendars as well"),
		plan.UndoPruned:     fixed("what it was before is no longer kept"),

		plan.TooManyDeletes: limit("%d entries would be deleted at once; the limit is %d"),
		plan.TooManyToday:   limit("%d entries would be deleted within a day; the limit is %d"),
		plan.SideShrank: func(r plan.Reason) string {
			return fmt.Sprintf("%d of the entries in %s are suddenly gone", r.Count, SideName(r.From))
		},
		plan.SideEmpty: side("the calendar in %s is suddenly empty"),
		plan.AllShifted: func(r plan.Reason) string {
			return fmt.Sprintf("%d entries in %s moved by the same %s, which looks like a time-zone fault", r.Count, SideName(r.From), Ago(r.Ahead))
		},
		plan.TooManyCreates:  limit("%d new entries would be made at once; the limit is %d"),
		plan.IdentityChanged: side("the account or mailbox in %s is not the one it was"),
		plan.CalendarRefused: func(r plan.Reason) string {
			return fmt.Sprintf("%s does not open this calendar to the account (%s)", SideName(r.From), r.Detail)
		},
	}
}

// PrivateRule says what happens to private entries, by the side they are on.
func PrivateRule(p [2]plan.Privacy) string {
	words := func(s event.Side) string {
		what := map[plan.Privacy]string{
			plan.PrivateAuto:     "with their text if others cannot see it there, else only as busy",
			plan.PrivateFull:     "with their text",
			plan.PrivateBusyOnly: "only as busy, without text",
			plan.PrivateNot:      "not at all",
		}[p[s]]
		return "to " + SideName(s.Other()) + " " + what
	}
	return words(event.Exchange) + "; " + words(event.Business) + " ([private] of office.toml)"
}

// HoldWords say why a side cannot hold a series as it is.
func HoldWords(code string) string {
	words := map[string]string{
		event.HoldNoSeries:       "it keeps no recurring entries",
		event.HoldYearlyInterval: "it repeats a yearly entry every year, and this one skips years",
		event.HoldInterval:       "it does not know so long an interval",
		event.HoldFirstDay:       "its weeks begin on another day, so that it would fall into the wrong weeks",
		event.HoldRegenerating:   "the next date depends on when the last one was done",
		event.HoldNoEnd:          "it needs an end date, and this one has none",
		event.HoldTooMany:        "it has too many dates",
		event.HoldZone:           "it does not know the time zone that the series repeats in",
		event.HoldHour:           "it begins at an hour that the clocks skip on its first day",
		event.HoldClamp:          "it treats months without that day in another way",
		event.HoldPattern:        "it does not know this pattern",
		event.HoldException:      "one of its changed dates cannot be kept there",
		event.HoldOverlap:        "its dates overlap or have changed places",
		event.HoldColleague:      "a colleague's copy of the series is kept there date by date",
	}
	if w, ok := words[code]; ok {
		return w
	}
	return "code " + code
}

func limit(format string) func(plan.Reason) string {
	return func(r plan.Reason) string { return fmt.Sprintf(format, r.Count, r.Limit) }
}

// nth is a small number in its place.
func nth(n int) string {
	end := "th"
	switch {
	case n%100/10 == 1:
	case n%10 == 1:
		end = "st"
	case n%10 == 2:
		end = "nd"
	case n%10 == 3:
		end = "rd"
	}
	return fmt.Sprintf("%d%s", n, end)
}

// Ago is a length of time in the largest unit that says enough.
func Ago(d time.Duration) string {
	d = d.Abs()
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
}
