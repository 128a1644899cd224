package ui

import (
	"context"
	"reflect"
	"slices"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/say"
)

func (p *history) open() { p.load() }

func (p *history) update(s office.Status) {
	if now := attentionKey(s); now != p.seen {
		p.seen = now
		p.load()
	}
}

// load reads the list of the runs.
func (p *history) load() {
	read(p.w, &p.reading, func(ctx context.Context) ([]localapi.Run, error) { return p.w.Agent.Runs(ctx, 0) }, func(runs []localapi.Run, err error) {
		if err != nil {
			fill(p.box, unread(err, p.load))
			return
		}
		if !p.loaded || len(runs) != len(p.runs) || len(runs) > 0 && runs[0].ID != p.runs[0].ID {
			p.looked = false
		}
		for _, r := range p.runs {
			if r.Ended.IsZero() {
				delete(p.changes, r.ID) // it may have done more since
			}
		}
		same := p.loaded && reflect.DeepEqual(runs, p.runs)
		p.runs, p.loaded = runs, true
		if !same || len(runs) == 0 { // else a list that was scrolled stays where it is
			p.offerPeople()
			p.show()
		}
	})
}

// offerPeople fills the list of colleagues to choose from.
func (p *history) offerPeople() {
	p.colls = model.RunColleagues(p.runs)
	options := []string{say.T("All")}
	twice := map[string]int{}
	for _, c := range p.colls {
		twice[c.Name]++
	}
	for _, c := range p.colls {
		name := c.Name
		if twice[name] > 1 {
			name = say.T("{{.Name}} ({{.Address}})", "Name", c.Name, "Address", c.Address)
		}
		options = append(options, name)
	}
	p.people.Options = options
	p.people.Refresh()
}

func (p *history) choosePerson() {
	p.who = ""
	if i := p.people.SelectedIndex(); i > 0 && i <= len(p.colls) {
		p.who = p.colls[i-1].Address
	}
	p.show()
}

// found are the runs that hold an entry that is searched for, as far as they
// have been looked at.
func (p *history) found() map[int64]bool {
	if p.search.Text == "" {
		return nil
	}
	out := map[int64]bool{}
	for _, r := range p.runs {
		if len(model.FilterItems(model.PastItems([]localapi.Run{r}, p.changes), model.DeedAny, p.search.Text)) > 0 {
			out[r.ID] = true
		}
	}
	return out
}

// look reads what the newest runs did, once somebody searches for an entry.
func (p *history) look() {
	if p.search.Text == "" || p.looked || p.looking {
		return
	}
	p.looking = true
	p.read(p.runs[:min(len(p.runs), lookedThrough)], func() {
		p.looking, p.looked = false, true
		p.show()
	})
}

// read brings what runs did, of those that have not been looked at, and then goes on.
func (p *history) read(runs []localapi.Run, then func()) {
	var missing []localapi.Run
	for _, r := range runs {
		if _, have := p.changes[r.ID]; !have {
			missing = append(missing, r)
		}
	}
	if len(missing) == 0 {
		then()
		return
	}
	background(p.w, func(ctx context.Context) (map[int64][]localapi.Change, error) {
		out := map[int64][]localapi.Change{}
		for _, r := range missing {
			changes, err := p.w.Agent.Changes(ctx, r.ID)
			if err != nil {
				return out, err
			}
			out[r.ID] = changes
		}
		return out, nil
	}, func(got map[int64][]localapi.Change, err error) {
		for run, changes := range got {
			p.changes[run] = changes
		}
		if err != nil {
			p.say(err)
		}
		then()
	})
}

// nameFromBefore names what a run does not name itself by what had been done to
// it before.
func (p *history) nameFromBefore(g model.PastRun) {
	before := p.runs[:min(len(p.runs), lookedThrough)]
	if !slices.ContainsFunc(before, func(r localapi.Run) bool { _, have := p.changes[r.ID]; return !have }) {
		return // it is as well known as it can be
	}
	p.read(before, func() {
		if p.key == g.Key {
			p.items = model.PastItems(g.Runs, p.changes)
			p.filter(p.deed)
		}
	})
}
