package ewssim

import (
	"strconv"

	"lockstep/sync/exchange/ewssim/internal/zone"
)

// writeZone writes a definition; full with its periods and transitions.
func (c *call) writeZone(elem, id string, full bool) {
	w := c.w
	if !full {
		w.Empty(elem, "Id", id, "Name", id)
		return
	}
	r := rulesNow(c.srv.locate(id), c.srv.now())
	std, dst := "trule:Microsoft/Registry/"+id+"/2007-Standard", "trule:Microsoft/Registry/"+id+"/2007-Daylight"
	w.Open(elem, "Id", id, "Name", id)
	w.Open("t:Periods")
	w.Empty("t:Period", "Bias", zone.ISO(-r.Standard), "Name", "Standard", "Id", std)
	if r.HasDST {
		w.Empty("t:Period", "Bias", zone.ISO(-r.Daylight), "Name", "Daylight", "Id", dst)
	}
	w.Close("t:Periods")
	w.Open("t:TransitionsGroups")
	w.Open("t:TransitionsGroup", "Id", "0")
	if r.HasDST {
		c.writeSwitch(dst, r.ToDaylight)
		c.writeSwitch(std, r.ToStd)
	} else {
		w.Open("t:Transition")
		w.Text("t:To", std, "Kind", "Period")
		w.Close("t:Transition")
	}
	w.Close("t:TransitionsGroup")
	w.Close("t:TransitionsGroups")
	w.Open("t:Transitions")
	w.Open("t:Transition")
	w.Text("t:To", "0", "Kind", "Group")
	w.Close("t:Transition")
	w.Close("t:Transitions")
	w.Close(elem)
}

func (c *call) writeSwitch(to string, ch zone.Change) {
	w := c.w
	w.Open("t:RecurringDayTransition")
	w.Text("t:To", to, "Kind", "Period")
	w.Text("t:TimeOffset", zone.ISO(ch.Clock))
	w.Int("t:Month", int(ch.Month))
	w.Text("t:DayOfWeek", ch.Weekday.String())
	w.Text("t:Occurrence", strconv.Itoa(ch.N))
	w.Close("t:RecurringDayTransition")
}
