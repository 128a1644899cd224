package plan

import "lockstep/sync/event"

// own tells whether an address is this person's.
func (p *planner) own(address string) bool { return address == p.in.Person || p.in.Own[address] }

// Outsiders are the people in an entry whom its owner called to it and who are
// not of the office.
func Outsiders(it event.Item, ours func(address string) bool) (out []event.Attendee) {
	if !it.Meeting || it.Standing != event.StandingOwner {
		return nil
	}
	for _, a := range it.Attendees {
		if a.Role != event.RoleResource && !ours(a.Address) {
			out = append(out, a)
		}
	}
	return out
}

// outsiders counts them.
func (p *planner) outsiders(it event.Item) int {
	return len(Outsiders(it, func(a string) bool { return p.own(a) || p.in.Colleagues[a] }))
}

// audience says who should hear of a, which changes or removes an end of l, and
// who is mailed about it. A server mails everybody in a meeting or nobody; so it
// mails only where somebody from outside is in it, the copy is the organiser's,
// and what is written is what a person has just done on the other side: not at a
// first sync or after a loss of the store, where the change may be an old one,
// not where Lockstep puts something right of its own accord, and not where they
// may have been mailed about it already.
func (p *planner) audience(a *Action, l Link) {
	have := a.Have[a.Side]
	if a.Side != event.Exchange {
		return // nobody from outside is called to anything there
	}
	a.Untold = p.outsiders(*have)
	if a.Untold == 0 || !p.in.Policy.Requests || a.Kind == Leave || p.in.First || p.in.Policy.Guest || l.Quiet {
		return
	}
	if why := a.Reason.Code; why != PutBack && why != MadePrivate && why != GivenUp {
		a.Mails = len(have.Attendees)
	}
}
