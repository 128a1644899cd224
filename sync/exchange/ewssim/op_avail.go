package ewssim

import (
	"context"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

const maxAvailability = 62 * 24 * time.Hour

// availability is what GetUserAvailability asks.
type availability struct {
	loc      *time.Location
	from, to time.Time
	step     time.Duration
	view     string
}

// getUserAvailability answers free and busy times. Its times are wall clock in
// the zone that the request describes.
func getUserAvailability(_ context.Context, c *call) error {
	a, err := c.readAvailability()
	if err != nil {
		return err
	}
	c.open()
	c.w.Open("m:FreeBusyResponseArray")
	for _, n := range c.req.Kid("MailboxDataArray").All() {
		c.w.Open("m:FreeBusyResponse")
		m := c.srv.store.Find(n.Kid("Email").KidText("Address"))
		if m == nil {
			c.w.Open("m:ResponseMessage", "ResponseClass", "Error")
			c.w.Text("m:MessageText", "Unable to resolve e-mail address to an Active Directory object.")
			c.w.Text("m:ResponseCode", "ErrorMailRecipientNotFound")
			c.w.Text("m:DescriptiveLinkKey", "0")
			c.w.Close("m:ResponseMessage")
		} else {
			c.w.Open("m:ResponseMessage", "ResponseClass", "Success")
			c.w.Text("m:ResponseCode", "NoError")
			c.w.Close("m:ResponseMessage")
			c.writeFreeBusy(m, a)
		}
		c.w.Close("m:FreeBusyResponse")
	}
	c.w.Close("m:FreeBusyResponseArray")
	c.close()
	return nil
}

func (c *call) readAvailability() (*availability, error) {
	tz := c.req.Kid("TimeZone")
	opts := c.req.Kid("FreeBusyViewOptions")
	if tz == nil || opts == nil {
		return nil, invalid(c.req, "TimeZone and FreeBusyViewOptions are needed")
	}
	a := &availability{loc: c.srv.describedZone(tz), view: opts.KidText("RequestedView"), step: 30 * time.Minute}
	win := opts.Kid("TimeWindow")
	var err1, err2 error
	a.from, err1 = parseTime(win.KidText("StartTime"), a.loc)
	a.to, err2 = parseTime(win.KidText("EndTime"), a.loc)
	if err1 != nil || err2 != nil || !a.to.After(a.from) {
		return nil, faultf("ErrorInvalidTimeInterval", "The time window is not valid.")
	}
	if a.to.Sub(a.from) > maxAvailability {
		return nil, faultf("ErrorTimeIntervalTooBig", "The time window is longer than 62 days.")
	}
	if v := opts.KidText("MergedFreeBusyIntervalInMinutes"); v != "" {
		n, err := parseInt(v)
		if err != nil || n < 5 || n > 1440 {
			return nil, faultf("ErrorInvalidMergedFreeBusyInterval", "The interval must be from 5 to 1440 minutes.")
		}
		a.step = time.Duration(n) * time.Minute
	}
	return a, nil
}

// describedZone finds the zone that a SerializableTimeZone describes.
func (s *Server) describedZone(n *xmlnode.Node) *time.Location {
	bias, err := parseInt(n.KidText("Bias"))
	if err != nil {
		return time.UTC
	}
	dst, err := parseInt(n.Kid("DaylightTime").KidText("Bias"))
	hasDST := err == nil && dst != 0
	month, err := parseInt(n.Kid("DaylightTime").KidText("Month"))
	for _, id := range s.zones.IDs() {
		loc, _ := s.zones.Location(id)
		r := rulesNow(loc, s.now())
		if r.Standard != -time.Duration(bias)*time.Minute || r.HasDST != hasDST {
			continue
		}
		if !hasDST || (err == nil && int(r.ToDaylight.Month) == month) {
			return loc
		}
	}
	return time.FixedZone("", -bias*60)
}

var busyDigit = map[string]byte{"Free": '0', "Tentative": '1', "Busy": '2', "OOF": '3', "WorkingElsewhere": '4', "NoData": '4'}

func (c *call) writeFreeBusy(m *store.Mailbox, a *availability) {
	ts := c.srv.inView(m.Well("calendar"), a.from, a.to)
	items := make([]*store.Item, len(ts))
	for i, t := range ts {
		items[i] = t.item
		if t.occ {
			items[i] = c.srv.occurrence(t.item, t.day)
		}
	}
	view := a.view
	if view == "" {
		view = "FreeBusy"
	}
	c.w.Open("m:FreeBusyView")
	c.w.Text("t:FreeBusyViewType", view)
	if strings.Contains(view, "Merged") {
		c.w.Text("t:MergedFreeBusy", merged(items, a))
	}
	if view != "MergedOnly" && len(items) > 0 {
		c.w.Open("t:CalendarEventArray")
		for i, it := range items {
			c.w.Open("t:CalendarEvent")
			c.w.Text("t:StartTime", it.Start.In(a.loc).Format("2006-01-02T15:04:05"))
			c.w.Text("t:EndTime", it.End.In(a.loc).Format("2006-01-02T15:04:05"))
			c.w.Text("t:BusyType", orDefault(it.FreeBusy, "Busy"))
			if strings.HasPrefix(view, "Detailed") && c.right(ts[i].item.Folder()) >= store.RightRead {
				c.writeEventDetails(it, ts[i])
			}
			c.w.Close("t:CalendarEvent")
		}
		c.w.Close("t:CalendarEventArray")
	}
	c.writeHours(m)
	c.w.Close("m:FreeBusyView")
}

func (c *call) writeEventDetails(it *store.Item, t target) {
	c.w.Open("t:CalendarEventDetails")
	c.w.Text("t:Subject", it.Subject)
	c.w.Text("t:Location", it.Location)
	c.w.Bool("t:IsMeeting", it.IsMeeting())
	c.w.Bool("t:IsRecurring", t.occ)
	c.w.Bool("t:IsException", t.occ && t.item.Exceptions[t.day] != nil)
	c.w.Bool("t:IsReminderSet", it.ReminderSet)
	c.w.Bool("t:IsPrivate", it.Sensitivity == "Private")
	c.w.Close("t:CalendarEventDetails")
}

// merged writes one digit for each step: the busiest status in it.
func merged(items []*store.Item, a *availability) string {
	var b strings.Builder
	for at := a.from; at.Before(a.to); at = at.Add(a.step) {
		digit := byte('0')
		for _, it := range items {
			if overlaps(it.Start, it.End, at, at.Add(a.step)) {
				digit = max(digit, busyDigit[orDefault(it.FreeBusy, "Busy")])
			}
		}
		b.WriteByte(digit)
	}
	return b.String()
}

func (c *call) writeHours(m *store.Mailbox) {
	r := rulesNow(c.srv.locate(m.Zone), c.srv.now())
	w := c.w
	change := func(elem string, bias time.Duration, month, order int, day string, at time.Duration) {
		w.Open(elem)
		w.Int("t:Bias", int(bias/time.Minute))
		w.Text("t:Time", time.Time{}.Add(at).Format("15:04:05"))
		w.Int("t:DayOrder", order)
		w.Int("t:Month", month)
		w.Text("t:DayOfWeek", day)
		w.Close(elem)
	}
	order := func(n int) int {
		if n < 0 {
			return 5
		}
		return n
	}
	w.Open("t:WorkingHours")
	w.Open("t:TimeZone")
	w.Int("t:Bias", -int(r.Standard/time.Minute))
	if r.HasDST {
		change("t:StandardTime", 0, int(r.ToStd.Month), order(r.ToStd.N), r.ToStd.Weekday.String(), r.ToStd.Clock)
		change("t:DaylightTime", r.Standard-r.Daylight, int(r.ToDaylight.Month), order(r.ToDaylight.N), r.ToDaylight.Weekday.String(), r.ToDaylight.Clock)
	} else {
		change("t:StandardTime", 0, 0, 0, "Sunday", 0)
		change("t:DaylightTime", 0, 0, 0, "Sunday", 0)
	}
	w.Close("t:TimeZone")
	w.Open("t:WorkingPeriodArray")
	w.Open("t:WorkingPeriod")
	w.Text("t:DayOfWeek", "Monday Tuesday Wednesday Thursday Friday")
	w.Int("t:StartTimeInMinutes", 8*60)
	w.Int("t:EndTimeInMinutes", 17*60)
	w.Close("t:WorkingPeriod")
	w.Close("t:WorkingPeriodArray")
	w.Close("t:WorkingHours")
}
