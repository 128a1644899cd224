package ewssim

import (
	"slices"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// MailKind is why somebody was mailed.
type MailKind int

// The kinds of mail.
const (
	MailRequest MailKind = iota + 1
	MailUpdate
	MailCancellation
	MailResponse
	MailMessage
)

var mailNames = [...]string{"", "request", "update", "cancellation", "response", "message"}

// String names the kind.
func (k MailKind) String() string { return mailNames[k] }

// Mail is one notification that a real server would have sent.
type Mail struct {
	At       time.Time
	Kind     MailKind
	From, To string // SMTP addresses
	UID      string // of the meeting
	Internal bool   // To has a mailbox here
}

// Mail returns every notification sent so far. That it is empty proves that a
// client disturbed nobody.
func (s *Server) Mail() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mail)
}

func (s *Server) post(kind MailKind, from, to, uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mail = append(s.mail, Mail{At: s.now(), Kind: kind, From: from, To: to, UID: uid, Internal: s.store.Find(to) != nil})
}

// invite mails attendees and puts the meeting into the calendars of those who
// have a mailbox here, as the calendar attendant does.
func (s *Server) invite(from *store.Mailbox, it *store.Item, kind MailKind, to []store.Attendee) {
	for _, a := range to {
		if equalFold(a.Address, from.Primary) {
			continue
		}
		s.post(kind, from.Primary, a.Address, it.UID)
		if m := s.store.Find(a.Address); m != nil {
			s.deliver(m, it)
		}
	}
}

// copyIn finds a mailbox's copy of a meeting.
func copyIn(m *store.Mailbox, uid string) *store.Item {
	for _, it := range m.Well("calendar").Items() {
		if it.UID == uid && it.Orphan.IsZero() {
			return it
		}
	}
	return nil
}

func (s *Server) deliver(m *store.Mailbox, it *store.Item) {
	c := it.Clone()
	c.State |= 3
	c.RequestSent = false
	c.MyResponse = "NoResponseReceived"
	c.ReplyTime = time.Time{}
	c.FreeBusy = "Tentative"
	c.Categories = nil
	c.FieldCN = nil
	if !s.opts.Switches.KeepStampOnInvite {
		c.Ext = nil
	}
	old := copyIn(m, it.UID)
	if old == nil {
		c.Created = time.Time{}
		m.Add(m.Well("calendar"), c, it.Organizer.Name)
		return
	}
	c.Categories, c.Ext = old.Categories, old.Ext
	if c.Start.Equal(old.Start) && c.End.Equal(old.End) {
		c.MyResponse, c.ReplyTime, c.FreeBusy = old.MyResponse, old.ReplyTime, old.FreeBusy
	}
	keep(old, c)
	m.Changed(old, it.Organizer.Name)
}

// uninvite mails people who are no longer invited and marks their copies.
func (s *Server) uninvite(from *store.Mailbox, it *store.Item, to []store.Attendee) {
	for _, a := range to {
		if equalFold(a.Address, from.Primary) {
			continue
		}
		s.post(MailCancellation, from.Primary, a.Address, it.UID)
		m := s.store.Find(a.Address)
		if m == nil {
			continue
		}
		if old := copyIn(m, it.UID); old != nil {
			old.State |= 4
			old.FreeBusy = "Free"
			m.Changed(old, it.Organizer.Name)
		}
	}
}

// inviteOnce mails about one occurrence of a series. Who is in the whole series
// gets it with all its exceptions; who is in this occurrence alone gets an entry
// for it that has no series.
func (s *Server) inviteOnce(t target, kind MailKind, to []store.Attendee) {
	once := added(t.item.Attendees(), to)
	s.invite(t.box, t.item, kind, added(once, to))
	for _, a := range once {
		if equalFold(a.Address, t.box.Primary) {
			continue
		}
		s.post(kind, t.box.Primary, a.Address, t.item.UID)
		m := s.store.Find(a.Address)
		if m == nil {
			continue
		}
		c := s.occurrence(t.item, t.day).Clone()
		c.Orphan, _ = s.slot(t.item, t.day)
		c.Over, c.FieldCN, c.Categories, c.RequestSent = nil, nil, nil, false
		c.State |= 3
		c.MyResponse, c.ReplyTime, c.FreeBusy = "NoResponseReceived", time.Time{}, "Tentative"
		if !s.opts.Switches.KeepStampOnInvite {
			c.Ext = nil
		}
		if old := orphanIn(m, c); old != nil {
			c.Categories, c.Ext = old.Categories, old.Ext
			keep(old, c)
			m.Changed(old, t.box.Name)
			continue
		}
		c.Created = time.Time{}
		m.Add(m.Well("calendar"), c, t.box.Name)
	}
}

// orphanIn finds a mailbox's entry for one occurrence without its series.
func orphanIn(m *store.Mailbox, like *store.Item) *store.Item {
	for _, it := range m.Well("calendar").Items() {
		if it.UID == like.UID && it.Orphan.Equal(like.Orphan) {
			return it
		}
	}
	return nil
}

// uninviteOnce mails people who are no longer invited to one occurrence: it
// vanishes from their copies of the series.
func (s *Server) uninviteOnce(t target, to []store.Attendee) {
	for _, a := range to {
		if equalFold(a.Address, t.box.Primary) {
			continue
		}
		s.post(MailCancellation, t.box.Primary, a.Address, t.item.UID)
		m := s.store.Find(a.Address)
		if m == nil {
			continue
		}
		start, _ := s.slot(t.item, t.day)
		if old := orphanIn(m, &store.Item{UID: t.item.UID, Orphan: start}); old != nil {
			old.State |= 4
			m.Changed(old, t.box.Name)
		} else if old := copyIn(m, t.item.UID); old != nil && checkOccurrence(old, t.day) == nil {
			if dropOccurrence(target{box: m, item: old, occ: true, day: t.day}) == nil {
				m.Changed(old, t.box.Name)
			}
		}
	}
}

// cancelled mails what the deletion of a meeting sends: the organiser's to all,
// an attendee's as a refusal to the organiser. Whole is false for an occurrence.
func (s *Server) cancelled(m *store.Mailbox, it *store.Item, whole bool) {
	if !it.IsOrganizer() {
		s.post(MailResponse, m.Primary, it.Organizer.Address, it.UID)
		s.noteResponse(m, it, "Decline")
		return
	}
	if whole {
		s.uninvite(m, it, it.Attendees())
		return
	}
	s.invite(m, it, MailCancellation, it.Attendees())
}

// noteResponse writes an answer into the organiser's copy.
func (s *Server) noteResponse(from *store.Mailbox, it *store.Item, response string) {
	m := s.store.Find(it.Organizer.Address)
	if m == nil || m == from {
		return
	}
	org := copyIn(m, it.UID)
	if org == nil {
		return
	}
	for _, list := range [][]store.Attendee{org.Required, org.Optional, org.Resources} {
		for i := range list {
			if equalFold(list[i].Address, from.Primary) {
				list[i].Response, list[i].At = response, s.now()
			}
		}
	}
	m.Changed(org, from.Name)
}

// sendMessage counts a sent message and puts it into the inboxes here.
func (s *Server) sendMessage(from *store.Mailbox, it *store.Item, n *xmlnode.Node) {
	for _, list := range []string{"ToRecipients", "CcRecipients", "BccRecipients"} {
		for _, r := range n.Kid(list).All() {
			to := r.KidText("EmailAddress")
			s.post(MailMessage, from.Primary, to, "")
			if m := s.store.Find(to); m != nil {
				c := it.Clone()
				c.Ext = nil
				m.Add(m.Well("inbox"), c, from.Name)
			}
		}
	}
}
