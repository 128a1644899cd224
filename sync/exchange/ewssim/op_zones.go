package ewssim

import "context"

func getServerTimeZones(_ context.Context, c *call) error {
	if c.schema != vNone && !c.at(v2010) {
		return invalid(c.req, "the operation is not known to the requested version")
	}
	full := true
	if v := c.req.Attr("ReturnFullTimeZoneData"); v != "" {
		b, err := parseBool(v)
		if err != nil {
			return invalid(c.req, "ReturnFullTimeZoneData: %v", err)
		}
		full = b
	}
	var ids []string
	if n := c.req.Kid("Ids"); n == nil {
		ids = c.srv.zones.IDs()
	} else {
		for _, k := range n.Kids {
			// An unknown id is left out of the answer.
			if _, ok := c.srv.zones.Location(k.Text); ok {
				ids = append(ids, k.Text)
			}
		}
	}
	return c.messages(func() error {
		c.ok(func() {
			c.w.Open("m:TimeZoneDefinitions")
			for _, id := range ids {
				c.writeZone("t:TimeZoneDefinition", id, full)
			}
			c.w.Close("m:TimeZoneDefinitions")
		})
		return nil
	})
}
