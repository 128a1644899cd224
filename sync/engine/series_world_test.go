package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// dense is a small world: at most two series of six Tuesdays, and people on both
// sides who work on the same few dates of them. What is looked at is what each
// side shows date by date, whether it holds a series or single entries.
type dense struct {
	*machine
	kind   string // whole, expanded, known
	series map[string]*saga
}

// saga is what is known of one series.
type saga struct {
	name    string
	legal   map[string][]string // by date and field, as token.legal
	edited  [2]bool
	removed [2]bool
	// ruled: the rule or the hour was changed, so that dates and exceptions come
	// and go, and a date may show what was written to another one.
	ruled bool
	// pending: an act on Exchange has changed a date that business does not tell
	// of. It never gets there, and speaks against a deletion there ever after.
	pending bool
	// again: it may have been made again on Exchange and cut off on the way. What
	// business does not tell of then comes when it does.
	again bool
	// rested: see token.
	rested bool
}

// may tells whether somebody wrote v.
func (g *saga) may(f, v string) bool {
	mixed := g.ruled || g.edited[0] && g.edited[1] // an exception that yields leaves what its series says
	for other, legal := range g.legal {
		if (other == f || mixed && other[10:] == f[10:]) && slices.Contains(legal, v) {
			return true
		}
	}
	return v == "none" && (g.ruled || g.removed[0] || g.removed[1])
}

// showing is what a side shows of a series, by date and field; two at one date
// are a duplicate.
func (d *dense) showing(t tester, s event.Side, name string) map[string]string {
	out := map[string]string{}
	put := func(e event.Event) {
		at := e.When.Rezone("Europe/Helsinki")
		day := at.Start.Date.String()
		if _, twice := out[day+" when"]; twice {
			t.Fatalf("%s shows %s twice on %s", s, name, day)
		}
		_, subject, _ := strings.Cut(strings.TrimSpace(e.Subject), " ")
		out[day+" when"], out[day+" subject"], out[day+" location"] = fmt.Sprintf("%02d:%02d to %02d:%02d", at.Start.Hour, at.Start.Minute, at.End.Hour, at.End.Minute), subject, strings.TrimSpace(e.Location)
	}
	for _, it := range d.find(s, name) {
		if it.Recurrence == nil {
			put(it.Event)
			continue
		}
		for _, o := range event.Occurrences(it.Event, event.Window{From: d.clock.AddDate(0, -1, 0), To: d.clock.AddDate(0, 6, 0)}) {
			put(o.Event)
		}
	}
	return out
}

// unknown tells whether business does not tell what somebody has changed there:
// people there see no exceptions after knownUntil, and one was born with it.
func (d *dense) unknown(field string) bool {
	return d.kind == "known" && field == "2026-04-07 subject"
}

var knownUntil = time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC)

// note takes down what a person's act on s made legal.
func (d *dense) note(t tester, s event.Side, name string) {
	g := d.series[name]
	g.edited[s] = true
	now := d.showing(t, s, name)
	for f := range now {
		if g.legal[f] == nil {
			g.legal[f] = []string{"none"}
		}
	}
	for f := range g.legal {
		v, there := now[f]
		switch {
		case s == event.Business && d.unknown(f):
			continue // what business shows there is not the whole truth
		case !there:
			v = "none"
		}
		g.legal[f] = append(slices.DeleteFunc(g.legal[f], func(old string) bool { return old == v }), v)
	}
}

func (d *dense) create(t *rapid.T) {
	if len(d.series) >= 2 {
		return
	}
	d.made++
	name := fmt.Sprintf("tok%d", d.made)
	e := weekly(name+" first", rapid.IntRange(5, 18).Draw(t, "hour"))
	s := event.Side(rapid.IntRange(0, 1).Draw(t, "side"))
	if d.kind == "known" {
		s = event.Exchange
		own := event.Event{Subject: name + " born so"}
		e.Recurrence.Overrides = []event.Override{{Original: week(e, 5), Fields: event.FieldSubject, Event: own}}
	}
	d.cal[s].Put(anna, e)
	d.series[name] = &saga{name: name, legal: map[string][]string{}}
	d.note(t, s, name)
	d.series[name].edited = [2]bool{}
}

// act is a person doing something to what he sees.
func (d *dense) act(t *rapid.T) {
	s := event.Side(rapid.IntRange(0, 1).Draw(t, "side"))
	it := d.pick(t, s)
	if it == nil {
		return
	}
	name, n := nameOf(it.Subject), rapid.IntRange(0, 9).Draw(t, "value")
	g := d.series[name]
	what := rapid.SampledFrom([]string{"move", "rename", "place", "delete", "hour", "all", "rule"}).Draw(t, "what")
	move := func(e *event.Event) {
		e.When.Start.Hour, e.When.End.Hour, e.When.Start.Minute, e.When.End.Minute = 5+n, 6+n, 30, 30
	}
	one := map[string]func(*event.Event){
		"move": move, "hour": move, "delete": nil,
		"rename": func(e *event.Event) { e.Subject = fmt.Sprintf("%s once %d", name, n) },
		"all":    func(e *event.Event) { e.Subject = fmt.Sprintf("%s always %d", name, n) },
		"place":  func(e *event.Event) { e.Location = fmt.Sprintf("room %d", n) },
	}
	var err error
	switch alter, known := one[what]; {
	case it.Recurrence == nil && what == "delete":
		err = d.cal[s].Remove(anna, it.ID)
	case it.Recurrence == nil && known:
		err = d.cal[s].Edit(anna, it.ID, func(it *event.Item) { alter(&it.Event) })
	case it.Recurrence == nil, what == "rule" && d.kind != "whole",
		what == "hour" && d.kind == "expanded" && len(it.Recurrence.Deleted) > 0:
		return // a date that comes back finds what was left of it
	case what == "rule":
		g.ruled = true
		err = d.cal[s].Edit(anna, it.ID, func(it *event.Item) {
			if it.Recurrence.Count = 11 - it.Recurrence.Count; d.kind == "whole" && n > 6 {
				it.Recurrence.Interval = 3 - it.Recurrence.Interval
			}
		})
	case what == "hour" || what == "all":
		g.ruled = g.ruled || what == "hour"
		g.pending = g.pending || what == "hour" && s == event.Exchange // it wipes all exceptions
		err = d.cal[s].Edit(anna, it.ID, func(it *event.Item) { alter(&it.Event) })
	default:
		err = d.cal[s].EditOccurrence(anna, it.ID, week(it.Event, rapid.IntRange(1, 3).Draw(t, "week")), alter)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.note(t, s, name)
}

// remove is a person deleting a whole series.
func (d *dense) remove(t *rapid.T) {
	s := event.Side(rapid.IntRange(0, 1).Draw(t, "side"))
	it := d.pick(t, s)
	if it == nil || it.Recurrence == nil {
		return
	}
	if err := d.cal[s].Remove(anna, it.ID); err != nil {
		t.Fatal(err)
	}
	g := d.series[nameOf(it.Subject)]
	g.removed[s], g.again = true, g.again || s == event.Exchange
}

func (d *dense) fault(t *rapid.T) {
	d.cal[rapid.IntRange(0, 1).Draw(t, "side")].FailNext(anna, rapid.SampledFrom([]memory.Fault{
		memory.FailUnavailable, memory.FailThrottled, memory.LoseRequest, memory.LoseAnswer,
	}).Draw(t, "fault"))
}

// rest lets the program come to rest and judges every series.
func (d *dense) rest(t *rapid.T) {
	d.pass()
	d.plain()
	d.start()
	for tries := 0; ; {
		res, err := d.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
		if err != nil {
			d.plain()
			d.start()
			continue
		}
		if tries++; tries > 12 {
			t.Fatalf("twelve syncs in a row found something to write: %v", res.Written)
		}
		if len(res.Written[0])+len(res.Written[1])+res.Paired == 0 {
			break
		}
	}
	if d.say(t) || d.restore(t) {
		d.rest(t)
		return
	}
	for name, g := range d.series {
		d.judge(t, name, g)
	}
}

// restore is a person wanting back what nobody has seen to be deleted: a single
// entry whose date went with its series while nobody knew that it was its copy.
func (d *dense) restore(t *rapid.T) (asked bool) {
	all, err := d.eng.Decisions(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range all {
		if q.Action.Reason.Code != plan.Vanished {
			continue
		}
		take := plan.TakeBusiness
		if q.Action.Have[event.Business] == nil {
			take = plan.TakeExchange
		}
		if err := d.eng.Resolve(t.Context(), q.ID, plan.Answer{Choice: take}); err != nil {
			t.Fatalf("answer %s: %v", take, err)
		}
		asked = true
	}
	return asked
}

func (d *dense) judge(t *rapid.T, name string, g *saga) {
	shown := [2]map[string]string{d.showing(t, 0, name), d.showing(t, 1, name)}
	removed := g.removed[0] || g.removed[1]
	gone := len(d.find(event.Business, name))+len(d.find(event.Exchange, name)) == 0
	if gone && !removed && d.kind != "expanded" { // there it may have been deleted date by date
		t.Fatalf("%s is lost: nobody deleted it", name)
	}
	if gone && removed {
		delete(d.series, name)
		return
	}
	// A single entry whose date was deleted while somebody changed it is one of its own.
	if removed && g.rested && !g.edited[0] && !g.edited[1] && d.kind != "expanded" && (d.kind != "known" || !g.pending) {
		t.Fatalf("%s is still there although it was deleted and nobody edited it", name)
	}
	fresh := map[string][]string{}
	for f, legal := range g.legal {
		var v [2]string
		for s := range v {
			if v[s] = "none"; shown[s][f] != "" || strings.HasSuffix(f, "location") && shown[s][f[:10]+" when"] != "" {
				v[s] = shown[s][f]
			}
		}
		if d.unknown(f) {
			v[event.Business] = v[event.Exchange]
		}
		if v[0] != v[1] {
			t.Fatalf("%s: %s is %q in business and %q in exchange", name, f, v[0], v[1])
		}
		if !g.may(f, v[0]) && (!d.unknown(f) || slices.Contains(legal, "born so") && !g.again) {
			t.Fatalf("%s: %s is %q, which nobody wrote; legal are %q", name, f, v[0], legal)
		}
		// One side alone spoke, and it spoke last: its last word stands.
		if last := legal[len(legal)-1]; g.edited[0] != g.edited[1] && !removed && v[0] != last && (!d.unknown(f) || !g.edited[0]) && g.rested {
			t.Fatalf("%s: %s is %q, but the only person who edited it last wrote %q", name, f, v[0], last)
		}
		fresh[f] = []string{v[0]}
	}
	if gone {
		delete(d.series, name)
		return
	}
	d.series[name] = &saga{name: name, legal: fresh, pending: g.pending, again: g.again, rested: true}
}

// One side holds a series of the other whole, date by date, or whole without
// telling all of its exceptions.
func TestWorlds_SeriesNothingLostNothingTwice(t *testing.T) {
	for _, kind := range []string{"whole", "expanded", "known"} {
		t.Run(kind, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				d := &dense{machine: newMachine(t), kind: kind, series: map[string]*saga{}}
				for _, s := range event.Sides() {
					o := [2]memory.Options{memory.LikeBusiness(d.now), memory.LikeExchange(d.now)}[s]
					o.Bare = rapid.Bool().Draw(t, "bare")
					if kind == "expanded" {
						o.Holds = func(event.Event) (event.Hold, string) { return event.HoldExpanded, event.HoldInterval }
					}
					if kind == "known" && s == event.Business {
						o.Known = event.Window{From: d.clock.AddDate(-1, 0, 0), To: knownUntil}
					}
					d.cal[s] = memory.NewCalendar(o)
				}
				d.create(t)
				d.rest(t)
				t.Repeat(map[string]func(*rapid.T){
					"create": d.create, "act": d.act, "act_more": d.act, "act_most": d.act, "remove": d.remove,
					"fault": d.fault, "sync": d.run, "rest": d.rest,
				})
				d.rest(t)
			})
		})
	}
}
