package ewssim

import (
	"strconv"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

func (s *Server) versionInfo(w *xmlnode.Writer) {
	p := s.prod
	w.Empty("h:ServerVersionInfo",
		"xmlns:h", xmlnode.Types,
		"MajorVersion", strconv.Itoa(p.major), "MinorVersion", strconv.Itoa(p.minor),
		"MajorBuildNumber", strconv.Itoa(p.build), "MinorBuildNumber", strconv.Itoa(p.rev),
		"Version", p.version)
}

// readEnvelope takes the request apart; it does not look at the operation.
func (s *Server) readEnvelope(doc []byte) (head, op *xmlnode.Node, err error) {
	root, err := xmlnode.Parse(doc)
	if err != nil {
		f := invalid(nil, "%v", err)
		f.status = 400
		return nil, nil, f
	}
	if root.Space != xmlnode.SOAP || root.Name != "Envelope" {
		f := faultf("ErrorInvalidRequest", "The root element must be Envelope in the namespace %s.", xmlnode.SOAP)
		f.status = 400
		return nil, nil, f
	}
	for _, k := range root.Kids {
		if k.Space != xmlnode.SOAP {
			return nil, nil, invalid(k, "the element %q is not allowed in an envelope", k.Name)
		}
		switch k.Name {
		case "Header":
			head = k
		case "Body":
			op = k.First()
		}
	}
	if op == nil {
		return nil, nil, faultf("ErrorInvalidRequest", "The request has no operation in its body.")
	}
	if op.Space != xmlnode.Messages {
		return nil, nil, invalid(op, "the element %q is not in the messages namespace", op.Name)
	}
	return head, op, nil
}

// readHeader obeys the SOAP header. Blocks of other namespaces are ignored.
func (c *call) readHeader(head *xmlnode.Node) error {
	seen := map[string]bool{}
	for _, h := range head.All() {
		if h.Space != xmlnode.Types {
			continue
		}
		if seen[h.Name] {
			return faultf("ErrorDuplicateSOAPHeader", "The header %s occurs more than once.", h.Name)
		}
		seen[h.Name] = true
	}
	if err := c.readVersion(head.Kid("RequestServerVersion")); err != nil {
		return err
	}
	if err := c.readZoneContext(head.Kid("TimeZoneContext")); err != nil {
		return err
	}
	if p := head.Kid("DateTimePrecision"); p != nil && c.at(v2010SP2) {
		c.millis = p.Text == "Milliseconds"
	}
	return c.readImpersonation(head.Kid("ExchangeImpersonation"))
}

func (c *call) readVersion(n *xmlnode.Node) error {
	if n == nil {
		return nil
	}
	name, ok := n.AttrOK("Version")
	v, known := schemaNames[name]
	if !ok || !known || v > c.srv.prod.highest {
		return faultf("ErrorInvalidServerVersion", "The specified server version is invalid.")
	}
	c.schema, c.named = v, name
	return nil
}

// readZoneContext: servers before Exchange 2010 accept the element and ignore it.
func (c *call) readZoneContext(n *xmlnode.Node) error {
	def := n.Kid("TimeZoneDefinition")
	if def == nil || !c.at(v2010) {
		return nil
	}
	id, loc, err := c.readZone(def)
	if err != nil {
		return faultf("ErrorInvalidRequest", "TimeZoneContext names no time zone that this server knows.")
	}
	c.zone, c.loc = id, loc
	return nil
}

// readZone reads a TimeZoneDefinition: a known id, or periods that describe it.
func (c *call) readZone(def *xmlnode.Node) (string, *time.Location, error) {
	id := def.Attr("Id")
	if loc, ok := c.srv.zones.Location(id); ok {
		return id, loc, nil
	}
	if p := def.Path("Periods", "Period"); p != nil {
		if bias, err := parseISODuration(p.Attr("Bias")); err == nil {
			return c.srv.matchZone(def, -bias)
		}
	}
	if id == "" {
		if loc, ok := c.srv.zones.Location(def.Attr("Name")); ok {
			return def.Attr("Name"), loc, nil
		}
	}
	return "", nil, problemf("ErrorCalendarInvalidTimeZone", "The time zone %q is not known and not described.", id)
}

// matchZone finds the first known zone with the standard offset and as many
// periods as the definition; real servers keep the rules themselves.
func (s *Server) matchZone(def *xmlnode.Node, offset time.Duration) (string, *time.Location, error) {
	periods := len(def.Path("Periods").All())
	for _, id := range s.zones.IDs() {
		loc, _ := s.zones.Location(id)
		r := rulesNow(loc, s.now())
		if r.Standard == offset && r.HasDST == (periods > 1) {
			return id, loc, nil
		}
	}
	return "", nil, problemf("ErrorCalendarInvalidTimeZone", "No time zone has the described rules.")
}

func (c *call) readImpersonation(n *xmlnode.Node) error {
	if n == nil {
		c.user = c.srv.store.Owned(c.account)
		return nil
	}
	sid := n.Path("ConnectingSID").First()
	if sid == nil || sid.Text == "" {
		return faultf("ErrorInvalidExchangeImpersonationHeaderData", "ExchangeImpersonation does not identify an account.")
	}
	m, err := c.findSID(sid)
	if err != nil {
		return err
	}
	if !c.srv.store.MayImpersonate(c.account, m) && !m.Owns(c.account) {
		return faultf("ErrorImpersonateUserDenied", "The account does not have permission to impersonate the requested user.")
	}
	c.user, c.acting = m, true
	return nil
}

func (c *call) findSID(sid *xmlnode.Node) (*store.Mailbox, error) {
	m := c.srv.store.Find(sid.Text)
	switch sid.Name {
	case "PrimarySmtpAddress":
		if m != nil && !equalFold(m.Primary, sid.Text) {
			return nil, faultf("ErrorNonPrimarySmtpAddress", "The primary SMTP address must be specified: %s.", m.Primary)
		}
	case "SmtpAddress":
	case "PrincipalName":
		// A user principal name is the account at the domain; here mail and
		// account domains are the same.
		if m == nil {
			m = c.srv.byPrincipal(sid.Text)
		}
	case "SID":
		m = c.srv.store.ByGUID(sid.Text)
	default:
		return nil, invalid(sid, "the element %q is not allowed in ConnectingSID", sid.Name)
	}
	if m == nil || m.Remote || len(m.Members) > 0 {
		return nil, faultf("ErrorNonExistentMailbox", "No mailbox with such guid or address.")
	}
	return m, nil
}
