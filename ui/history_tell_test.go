package ui

import (
	"context"
	"testing"
	"time"

	"lockstep/sync/localapi"
	"lockstep/sync/plan"
)

// teller is a history in which customers were not told of a moved meeting.
type teller struct {
	chronicle
	open  int // people who can be told
	asked []localapi.NoticeRequest
}

func (c *teller) Notices(context.Context, localapi.NoticeRequest) (localapi.Notices, error) {
	n := localapi.Notices{Run: 11, Name: "Anna Virtanen", People: c.open, Items: []localapi.Notice{{State: "open", People: c.open}}}
	if c.open == 0 {
		n.Items[0].State = "overtaken"
	}
	return n, nil
}

func (c *teller) Notify(_ context.Context, q localapi.NoticeRequest) (localapi.Notices, error) {
	c.asked = append(c.asked, q)
	change := &c.changes[11][0]
	change.Told, change.ToldBy, change.ToldAt = q.People, "anna", time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	return localapi.Notices{}, nil
}

func untold(open int) *teller {
	c := &teller{chronicle: *past(), open: open}
	c.changes[11] = c.changes[11][1:]
	c.changes[11][0].Untold, c.changes[11][0].Reason = 2, plan.Reason{Code: plan.DeletedThere}
	return c
}

// TestHistory_SendsAnUpdateOnceItIsAgreedTo checks that nobody is mailed before
// somebody has seen how many people that is.
func TestHistory_SendsAnUpdateOnceItIsAgreedTo(t *testing.T) {
	c := untold(2)
	s := open(t, c, PageHistory)
	s.sees("Today 09:58")
	s.row("Today 09:58")
	s.row("Old workshop")
	s.sees("2 people outside the office were not told")
	s.press("Send update to 2 people")
	s.sees("Send a mail to 2 people?")
	s.press("Cancel")
	s.press("Send update to 2 people")
	s.sees("Colleagues get none.")
	s.press("Send update")
	s.sees("update sent to 2 people by anna")
	if len(c.asked) != 1 || c.asked[0].People != 2 || c.asked[0].Item != "1102" || c.asked[0].Words.Changed == "" || c.asked[0].By == "" {
		t.Errorf("asked for %+v", c.asked)
	}
}

// TestHistory_DoesNotSendWhatWasOvertaken checks that a mail never tells what is
// not so any more.
func TestHistory_DoesNotSendWhatWasOvertaken(t *testing.T) {
	c := untold(0)
	s := open(t, c, PageHistory)
	s.row("Today 09:58")
	s.row("Old workshop")
	s.press("Send update to 2 people")
	s.sees("The meeting has been changed again since.")
	if len(c.asked) != 0 {
		t.Errorf("asked for %+v", c.asked)
	}
}
