package wire

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/event"
	"lockstep/sync/exchange"
	"lockstep/sync/office"
)

// made is a day before which no PC can run this program.
var made = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// pc looks at the clock and the zone of this PC. Whether the clock is right is
// told by the servers, see clocks.
func (x *examination) pc() doctor.Result {
	now := x.site.now()
	name, offset := now.Local().Zone()
	r := doctor.Pass().With("time", now.UTC().Format(time.RFC3339)).With("pc_zone", fmt.Sprintf("%s (%+d min)", name, offset/60))
	if now.Before(made) {
		r.State, r.Cause = doctor.Failed, doctor.CausePCPast
		return r
	}
	zone, err := time.LoadLocation(x.settings.Zone)
	if err != nil {
		return r
	}
	if _, want := now.In(zone).Zone(); want != offset {
		r.State, r.Cause = doctor.Warned, doctor.CausePCZone
		r = r.With("zone", name).With("office_zone", x.settings.Zone)
	}
	return r
}

// Clocks that differ by less than clockNear are right; from clockFar on the
// office asks which change is newer.
const (
	clockNear = time.Minute
	clockFar  = 5 * time.Minute
)

// clocks compares the servers' clocks with this PC's.
func (x *examination) clocks() doctor.Result {
	var off [2]time.Duration
	var known [2]bool
	if x.skew != nil {
		off[event.Exchange], known[event.Exchange] = x.skew()
	}
	if x.severa != nil {
		off[event.Business], known[event.Business] = x.severa.Skew(), true
	}
	r := doctor.Pass()
	for _, s := range event.Sides() {
		if known[s] {
			r = r.With(s.String()+"_ahead", off[s].Truncate(time.Second).String())
		}
	}
	b, e := off[event.Business], off[event.Exchange]
	worst, cause := e, doctor.CauseServerClock
	switch {
	case !known[event.Exchange] && !known[event.Business]:
		return doctor.Skip(doctor.CauseNotHere)
	case known[event.Exchange] && known[event.Business] && b.Abs() >= clockNear && (b-e).Abs() < clockNear:
		worst, cause = e, doctor.CausePCClock
	case b.Abs() > e.Abs():
		worst, cause = b, doctor.CauseBusinessClock
	}
	if worst.Abs() < clockNear {
		return r
	}
	r.State, r.Cause = doctor.Warned, cause
	if worst.Abs() >= clockFar {
		r.State = doctor.Failed
	}
	return r.With("off", worst.Abs().Truncate(time.Second).String())
}

// Below diskLow the disk is nearly full, below diskFull nothing can be noted down for long.
const (
	diskLow  = 500 << 20
	diskFull = 20 << 20
)

// store looks at the store, the disk and who writes.
func (x *examination) store(ctx context.Context) doctor.Result {
	r := doctor.Pass()
	flaws, err := x.site.Store.Check(ctx, false)
	if err != nil {
		return doctor.Fail(doctor.CauseStoreDamaged)
	}
	if len(flaws) > 0 {
		return doctor.Fail(doctor.CauseStoreDamaged).With("flaws", strconv.Itoa(len(flaws))).With("first", flaws[0].Kind)
	}
	if free, err := freeSpace(x.site.Home); err == nil {
		r = r.With("free", fmt.Sprintf("%d MiB", free>>20))
		if free < diskLow {
			r.State, r.Cause = doctor.Warned, doctor.CauseDiskLow
			if free < diskFull {
				r.State = doctor.Failed
			}
			return r
		}
	}
	for _, p := range x.site.Office.Status().People {
		if p.Lease.State == office.LeaseStandby {
			r.State, r.Cause = doctor.Warned, doctor.CauseStandby
			return r.With("holder", p.Lease.Holder)
		}
	}
	return r
}

// desktop looks at what only the program with the icon can see.
func (x *examination) desktop() doctor.Result {
	if x.site.tray == nil {
		return doctor.Skip(doctor.CauseNotHere)
	}
	if !x.site.tray() {
		return doctor.Warn(doctor.CauseNoTray)
	}
	if start := x.site.prefs.start; start != nil {
		if on, err := start.Enabled(); err == nil && !on {
			return doctor.Warn(doctor.CauseNoAutostart)
		}
	}
	return doctor.Pass()
}

func (x *examination) retirement() doctor.Result {
	if x.exchange == nil {
		return doctor.Skip(doctor.CauseNotHere)
	}
	return exchange.Retirement(x.exchange.Server())
}
