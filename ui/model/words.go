// Package model turns what the office says into words, rows and labels for
// people: the one place where a reason or a trouble becomes a sentence with
// its remedy. Windows and the command line show what it makes.
//
// It knows no toolkit, no store and no system, and has no state.
package model

import (
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// SideName is what people call a side.
func SideName(s event.Side) string {
	if s == event.Business {
		return "Severa"
	}
	return "Exchange"
}

// Reason puts why an action is what it is into one sentence without a full
// stop, for the command line, which names the servers.
func Reason(r plan.Reason) string { return reason(r, SideName) }

// WindowReason is Reason for the windows, which name what people open.
func WindowReason(r plan.Reason) string { return reason(r, WindowSide) }

func reason(r plan.Reason, name func(event.Side) string) string {
	args := []any{
		"Side", name(r.From), "Other", name(r.From.Other()), "There", name(event.Exchange), "N", r.Count, "Limit", r.Limit,
		"Time", Ago(r.Ahead), "Detail", r.Detail,
	}
	switch r.Code {
	case plan.SameDay:
		if r.Ahead.Abs() >= 24*time.Hour {
			return say.T("the same subject on the same day, one of them the whole day; is it the same entry?")
		}
	case plan.OutcomeUnsure:
		switch r.Count {
		case 0:
			return say.T("was sent, but no answer came, and no entry that was made since could be it")
		default:
			return say.N("was sent, but no answer came; one entry that was made since could be it",
				"was sent, but no answer came; {{.N}} entries that were made since could be it", r.Count)
		}
	case plan.FilteredOut:
		return say.T("kept out by the office's rule for {{.What}}", "What", strings.ReplaceAll(r.Detail, "_", " "))
	case plan.PrivateKept:
		if r.Detail != "" {
			return say.T("one of its dates is private, and your rules keep private entries in {{.Side}}", args...)
		}
	case plan.CannotRead:
		return say.T("cannot be read from {{.Side}}", args...) + because(r.Detail)
	case plan.CannotWrite:
		return say.T("{{.Side}} refuses it", args...) + because(r.Detail)
	case plan.OneOfSeries, plan.SeriesSkipped, plan.SeriesStays:
		args = append(args, "Hold", HoldWords(r.Detail))
	default: // its data are all that it needs
	}
	text, ok := reasons[r.Code]
	if !ok {
		return string(r.Code)
	}
	return say.Of(text, args...)
}

// reasons has one sentence for each code of package plan that Reason has no
// words for itself.
var reasons = map[plan.Code]string{
	plan.SameStamp:        say.Key("the {{.There}} entry bears the mark of this one"),
	plan.SameMeeting:      say.Key("the same meeting that a colleague already has in Severa"),
	plan.SameContent:      say.Key("same subject, start and end"),
	plan.AsAnswered:       say.Key("as you decided"),
	plan.OnlyThere:        say.Key("exists only in {{.Side}}"),
	plan.ChangedThere:     say.Key("changed in {{.Side}}"),
	plan.DeletedThere:     say.Key("deleted in {{.Side}}"),
	plan.MadeAgain:        say.Key("deleted in {{.Side}}, but changed in {{.Other}}, so it is made again"),
	plan.LeftThere:        say.Key("this person left it in {{.Side}}"),
	plan.DeclinedThere:    say.Key("this person declined it in {{.Side}}"),
	plan.Declined:         say.Key("declined in {{.Side}}; nothing is changed here for it"),
	plan.MarkMissing:      say.Key("gets a mark, so that it is recognised later"),
	plan.MarkOutOfDate:    say.Key("its mark is brought up to date"),
	plan.BothGone:         say.Key("deleted in both places"),
	plan.GivenUp:          say.Key("this mailbox no longer shows when the resource is taken"),
	plan.NewerWins:        say.Key("changed in both places; {{.Side}} was newer by {{.Time}}"),
	plan.OrganizerWins:    say.Key("changed in both places; the organiser's copy is in {{.Side}}"),
	plan.OnlyFilled:       say.Key("filled in only in {{.Side}}"),
	plan.PutBack:          say.Key("edited by hand, and put back, because {{.Side}} publishes this calendar"),
	plan.PutBackOnce:      say.Key("its copy was deleted, and is made again once, because {{.Side}} publishes this calendar"),
	plan.MadePrivate:      say.Key("private in {{.Side}}, so that the copy only tells that the time is taken"),
	plan.DateIsPrivate:    say.Key("one of its dates is private in {{.Side}}, so that the whole series only tells that the time is taken"),
	plan.OneOfSeries:      say.Key("one date of a series; {{.Other}} gets them as single entries, because {{.Hold}}"),
	plan.RuleWins:         say.Key("changed in both places; your rule says {{.Side}} is right"),
	plan.SpelledAlike:     say.Key("at the same time, and the subject is spelled alike; is it the same entry?"),
	plan.SameDay:          say.Key("the same subject on the same day, {{.Time}} apart; is it the same entry?"),
	plan.Ambiguous:        say.Key("{{.N}} entries look the same; which one belongs to it?"),
	plan.DeletedAndEdited: say.Key("deleted in {{.Side}}, but changed in {{.Other}}"),
	plan.TiedToMore:       say.Key("deleted in {{.Side}}, but hours, a customer or a project phase are tied to it in Severa and would be lost with it"),
	plan.DeletedFrozen:    say.Key("deleted in {{.Side}}, but outside the days that are kept in step"),
	plan.SameAge:          say.Key("changed in both places at the same time"),
	plan.ClockUnsure:      say.Key("changed in both places, and the clock of {{.Side}} is off by {{.Time}}, so nobody can say which is newer"),
	plan.BackAndForth:     say.Key("it keeps going back to what it was, {{.N}} times by now within a day, the last time in {{.Side}}; does another program write to this calendar?"),
	plan.AskedByRule:      say.Key("changed in both places, and your rule is to ask"),
	plan.DiffersUnmarked:  say.Key("the two differ, and it is not known which one changed"),
	plan.MadeTwice:        say.Key("Lockstep has made one just like it; was it made twice?"),
	plan.PartnerUnknown:   say.Key("bears the mark of an entry that is not there any more"),
	plan.Vanished:         say.Key("not listed in {{.Side}} any more, but not known to be deleted"),
	plan.OutsideWindow:    say.Key("outside the days that are kept in step"),
	plan.TooOld:           say.Key("over for more than the days that a first sync looks back"),
	plan.ProjectTask:      say.Key("project tasks are never kept in step"),
	plan.TypeNotChosen:    say.Key("your office does not send this activity type to {{.There}}"),
	plan.PrivateKept:      say.Key("private, and your rules keep private entries in {{.Side}}"),
	plan.FieldClosed:      say.Key("your rules take this only from {{.Side}}"),
	plan.DirectionClosed:  say.Key("your rules do not write to {{.Side}}"),
	plan.SideReadOnly:     say.Key("the account may only read in {{.Side}}"),
	plan.NotOrganizer:     say.Key("only the organiser can change this"),
	plan.ColleagueMakesIt: say.Key("a colleague's copy becomes the entry in Severa"),
	plan.OtherOffice:      say.Key("marked by another Lockstep installation"),
	plan.LeftAlone:        say.Key("left alone, as you decided"),
	plan.OnHold:           say.Key("undone, and not changed since"),
	plan.Cancelled:        say.Key("the organiser has cancelled it"),
	plan.SeriesSkipped:    say.Key("{{.Side}} cannot hold this series: {{.Hold}}. Simplify it, or enter it there by hand"),
	plan.SeriesStays:      say.Key("{{.Side}} cannot hold what this series has become: {{.Hold}}. The entry there stays as it was, and nothing is deleted. Make it repeat in a simpler way, or change it there by hand as well and have the two left alone"),
	plan.Halted:           say.Key("stopped for safety"),
	plan.UndoneMade:       say.Key("the run had made it in {{.Side}}"),
	plan.UndoneChange:     say.Key("the run had changed it in {{.Side}}"),
	plan.UndoneFollow:     say.Key("a participant's copy of the meeting, which the run had changed as well"),
	plan.UndoneRemoved:    say.Key("the run had removed it in {{.Side}}; it is taken back from there as it was"),
	plan.UndoneMadeAnew:   say.Key("the run had deleted it in {{.Side}} for good; it is made anew, without what only {{.Side}} knew of it"),
	plan.UndonePair:       say.Key("the run had paired them; put on hold"),
	plan.UndoChanged:      say.Key("changed in {{.Side}} since, so it stays as it is"),
	plan.UndoGone:         say.Key("not there in {{.Side}} any more"),
	plan.UndoThere:        say.Key("it, or one just like it, is in {{.Side}} again"),
	plan.UndoTied:         say.Key("hours, a customer or a project phase have been tied to it since; delete it in Severa if they may go with it"),
	plan.UndoShared:       say.Key("colleagues have it in their calendars as well"),
	plan.UndoPruned:       say.Key("what it was before is no longer kept"),
	plan.TooManyDeletes:   say.Key("{{.N}} entries would be deleted at once; the limit is {{.Limit}}"),
	plan.TooManyToday:     say.Key("{{.N}} entries would be deleted within a day; the limit is {{.Limit}}"),
	plan.SideShrank:       say.Key("{{.N}} of the entries in {{.Side}} are suddenly gone"),
	plan.SideEmpty:        say.Key("the calendar in {{.Side}} is suddenly empty"),
	plan.AllShifted:       say.Key("{{.N}} entries in {{.Side}} moved by the same {{.Time}}, which looks like a time-zone fault"),
	plan.TooManyCreates:   say.Key("{{.N}} new entries would be made at once; the limit is {{.Limit}}"),
	plan.IdentityChanged:  say.Key("the account or mailbox in {{.Side}} is not the one it was"),
	plan.CalendarRefused:  say.Key("{{.Side}} does not open this calendar to the account ({{.Detail}})"),
}

// PrivateRule says what happens to private entries, by the side they are on.
func PrivateRule(p [2]plan.Privacy) string {
	words := func(s event.Side) string {
		what := map[plan.Privacy]string{
			plan.PrivateAuto:     say.Key("to {{.Side}} with their text if others cannot see it there, else only as busy"),
			plan.PrivateFull:     say.Key("to {{.Side}} with their text"),
			plan.PrivateBusyOnly: say.Key("to {{.Side}} only as busy, without text"),
			plan.PrivateNot:      say.Key("to {{.Side}} not at all"),
		}[p[s]]
		return say.Of(what, "Side", SideName(s.Other()))
	}
	return words(event.Exchange) + "; " + words(event.Business)
}

// HoldWords say why a side cannot hold a series as it is.
func HoldWords(code string) string {
	words := map[string]string{
		event.HoldNoSeries:       say.Key("it keeps no recurring entries"),
		event.HoldYearlyInterval: say.Key("it repeats a yearly entry every year, and this one skips years"),
		event.HoldInterval:       say.Key("it does not know so long an interval"),
		event.HoldFirstDay:       say.Key("its weeks begin on another day, so that it would fall into the wrong weeks"),
		event.HoldRegenerating:   say.Key("the next date depends on when the last one was done"),
		event.HoldNoEnd:          say.Key("it needs an end date, and this one has none"),
		event.HoldTooMany:        say.Key("it has too many dates"),
		event.HoldZone:           say.Key("it does not know the time zone that the series repeats in"),
		event.HoldHour:           say.Key("it begins at an hour that the clocks skip on its first day"),
		event.HoldClamp:          say.Key("it treats months without that day in another way"),
		event.HoldPattern:        say.Key("it does not know this pattern"),
		event.HoldException:      say.Key("one of its changed dates cannot be kept there"),
		event.HoldOverlap:        say.Key("its dates overlap or have changed places"),
		event.HoldColleague:      say.Key("a colleague's copy of the series is kept there date by date"),
	}
	if w, ok := words[code]; ok {
		return say.Of(w)
	}
	return say.T("code {{.Code}}", "Code", code)
}

// Ago is a length of time in the largest unit that says enough.
func Ago(d time.Duration) string {
	d = d.Abs()
	switch {
	case d < time.Minute:
		return say.T("{{.N}} s", "N", int(d.Seconds()))
	case d < 2*time.Hour:
		return say.T("{{.N}} min", "N", int(d.Minutes()))
	case d < 48*time.Hour:
		return say.T("{{.N}} h", "N", int(d.Hours()))
	default:
		return say.T("{{.N}} days", "N", int(d.Hours()/24))
	}
}
