package exchange

import (
	"context"
	"strconv"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/exchange/ews"
)

// noticeComes is how long a notification of the test entry may take.
const noticeComes = 20 * time.Second

// Notify asks for notifications about a calendar, makes the test entry once more
// and removes it, and waits until it is told of that: so all that stands between
// has let it through. Where nothing may be written it only asks.
func (x *Examination) Notify(ctx context.Context, address string) doctor.Result {
	address = x.at(address)
	box := x.conn.client.Mailbox(address)
	r := doctor.Pass()
	if v := box.Version(); v != ews.VersionAuto && !v.Has(ews.FeatureStreaming) {
		return r.With("way", "a look every minute: this Exchange has no streaming notifications")
	}
	id, err := box.Subscribe(ctx, calendarFolder())
	if err != nil {
		if x.noted(err) {
			return doctor.Skip(doctor.CauseThrottled)
		}
		return unnotified(r, err)
	}
	defer func() { _ = box.Unsubscribe(context.WithoutCancel(ctx), id) }() // it ends by itself
	r = r.With("way", "streaming notifications")
	if !x.wrote[address] {
		return r.With("stream", "not tried: nothing is written to this calendar")
	}
	if _, left := x.scratch[address]; left {
		return r.With("stream", "not tried: the test entry could not be removed")
	}
	if made := x.write(ctx, doctor.Pass(), address); made.State != doctor.Passed {
		return r.With("stream", "not tried: the test entry could not be made once more")
	}
	if err := x.remove(ctx, address); err != nil {
		r = r.With("test_entry_left", codeOfError(err)) // Close tries once more
	}
	began := x.conn.client.Now()
	wait, enough := context.WithTimeout(ctx, noticeComes)
	defer enough()
	told := false
	err = box.GetStreamingEvents(wait, []string{id}, time.Minute, func(ews.Notification) error {
		told = true
		enough()
		return nil
	})
	switch {
	case told:
		return r.With("stream", "told after "+x.conn.client.Now().Sub(began).Round(time.Millisecond).String())
	case ctx.Err() != nil:
		return doctor.Skip(doctor.CauseStopped)
	case wait.Err() != nil:
		r.State, r.Cause = doctor.Warned, doctor.CauseNoNotices
		return r.With("stream", "silent").With("detail", "none came within "+noticeComes.String())
	case x.noted(err):
		return doctor.Skip(doctor.CauseThrottled)
	case err == nil:
		r.State, r.Cause = doctor.Warned, doctor.CauseNoNotices
		return r.With("detail", "the stream ended at once")
	}
	return unnotified(r, err)
}

func unnotified(r doctor.Result, err error) doctor.Result {
	r.State, r.Cause = doctor.Warned, doctor.CauseNoNotices
	detail := codeOfError(err)
	if detail == "" {
		detail = ews.ClassOf(err).String()
	}
	return r.With("code", codeOfError(err)).With("detail", detail)
}

// Others looks for marks of other programs, and of other installations of this
// one, on entries of a calendar. office is the name in our own marks.
func (x *Examination) Others(ctx context.Context, address, office string) doctor.Result {
	address = x.at(address)
	box := x.conn.client.Mailbox(address)
	r := doctor.Pass()
	found := map[string]int{}
	for _, m := range toolMarks() {
		items, err := box.FirstMarked(ctx, calendarFolder(), m.field(), ews.Shape{})
		if err != nil {
			x.noted(err)
			return doctor.Skip(doctor.CauseNotHere).With("code", codeOfError(err))
		}
		found[m.tool] = max(found[m.tool], len(items))
	}
	items, err := box.FirstMarked(ctx, calendarFolder(), officeField(), ews.Shape{Extended: []ews.ExtendedFieldURI{officeField()}})
	if err != nil {
		x.noted(err)
		return doctor.Skip(doctor.CauseNotHere).With("code", codeOfError(err))
	}
	strangers := 0
	for i := range items {
		if p, ok := items[i].ExtendedValue(officeField()); ok && p.Value != "" && p.Value != office {
			strangers++
		}
	}
	warn := func(c doctor.Cause, n int) doctor.Result {
		r.State, r.Cause = doctor.Warned, c
		return r.With("entries", strconv.Itoa(n))
	}
	switch {
	case strangers > 0:
		return warn(doctor.CauseAnotherOffice, strangers)
	case found["dynamics"] > 0:
		return warn(doctor.CauseDynamics, found["dynamics"])
	case found["ogcs"] > 0:
		return warn(doctor.CauseOGCS, found["ogcs"])
	}
	return r
}
