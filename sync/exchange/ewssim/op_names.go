package ewssim

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"lockstep/sync/exchange/ewssim/internal/store"
)

const maxResolutions = 100

func resolveNames(_ context.Context, c *call) error {
	entry := strings.TrimSpace(c.req.KidText("UnresolvedEntry"))
	if entry == "" {
		return invalid(c.req, "UnresolvedEntry is empty")
	}
	fullData, err := parseBool(c.req.Attr("ReturnFullContactData"))
	if err != nil {
		return invalid(c.req, "ReturnFullContactData: %v", err)
	}
	found := c.srv.lookUp(entry)
	return c.messages(func() error {
		if len(found) == 0 {
			return c.fail(problemf("ErrorNameResolutionNoResults", "No results were found."), nil)
		}
		last := len(found) <= maxResolutions
		if !last {
			found = found[:maxResolutions]
		}
		set := func() {
			c.w.Open("m:ResolutionSet", "TotalItemsInView", strconv.Itoa(len(found)), "IncludesLastItemInRange", strconv.FormatBool(last))
			for _, m := range found {
				c.w.Open("t:Resolution")
				c.writeMailbox("t:Mailbox", m)
				if fullData {
					c.writeContact(m)
				}
				c.w.Close("t:Resolution")
			}
			c.w.Close("m:ResolutionSet")
		}
		if len(found) > 1 {
			p := problemf("ErrorNameResolutionMultipleResults", "Multiple results were found.")
			p.warning = true
			return c.fail(p, set)
		}
		c.ok(set)
		return nil
	})
}

// lookUp finds people by the beginning of a name, of one of its words, of an
// address; "smtp:" looks for a whole address, aliases included.
func (s *Server) lookUp(entry string) []*store.Mailbox {
	if addr, ok := strings.CutPrefix(strings.ToLower(entry), "smtp:"); ok {
		if m := s.store.Find(addr); m != nil {
			return []*store.Mailbox{m}
		}
		return nil
	}
	entry = strings.ToLower(entry)
	var out []*store.Mailbox
	for _, m := range s.store.Mailboxes() {
		words := append(strings.Fields(strings.ToLower(m.Name)), strings.ToLower(m.Name), strings.ToLower(m.Primary), m.Account)
		for _, a := range m.Aliases {
			words = append(words, strings.ToLower(a))
		}
		if slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, entry) }) {
			out = append(out, m)
		}
	}
	return out
}

func (c *call) writeMailbox(elem string, m *store.Mailbox) {
	c.w.Open(elem)
	c.w.Text("t:Name", m.Name)
	c.w.Text("t:EmailAddress", m.Primary)
	c.w.Text("t:RoutingType", "SMTP")
	kind := "Mailbox"
	if len(m.Members) > 0 {
		kind = "PublicDL"
	}
	c.w.Text("t:MailboxType", kind)
	c.w.Close(elem)
}

func (c *call) writeContact(m *store.Mailbox) {
	given, surname, _ := strings.Cut(m.Name, " ")
	c.w.Open("t:Contact")
	if c.at(v2007SP1) || c.schema == vNone {
		c.w.Text("t:Culture", "en-US")
	}
	c.w.Text("t:DisplayName", m.Name)
	c.w.Text("t:GivenName", given)
	c.w.Open("t:EmailAddresses")
	for i, a := range append([]string{m.Primary}, m.Aliases...) {
		if i < 3 {
			c.w.Text("t:Entry", "SMTP:"+a, "Key", "EmailAddress"+strconv.Itoa(i+1))
		}
	}
	c.w.Close("t:EmailAddresses")
	c.w.Text("t:ContactSource", "ActiveDirectory")
	if surname != "" {
		c.w.Text("t:Surname", surname)
	}
	c.w.Close("t:Contact")
}

func expandDL(_ context.Context, c *call) error {
	return c.messages(func() error {
		m := c.srv.store.Find(c.req.Kid("Mailbox").KidText("EmailAddress"))
		if m == nil || len(m.Members) == 0 {
			return c.fail(problemf("ErrorNameResolutionNoResults", "No results were found."), nil)
		}
		c.ok(func() {
			c.w.Open("m:DLExpansion", "TotalItemsInView", strconv.Itoa(len(m.Members)), "IncludesLastItemInRange", "true")
			for _, p := range m.Members {
				c.w.Open("t:Mailbox")
				c.w.Text("t:Name", p.Name)
				c.w.Text("t:EmailAddress", p.Address)
				c.w.Text("t:RoutingType", "SMTP")
				c.w.Text("t:MailboxType", "Mailbox")
				c.w.Close("t:Mailbox")
			}
			c.w.Close("m:DLExpansion")
		})
		return nil
	})
}
