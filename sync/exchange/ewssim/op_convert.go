package ewssim

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/url"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

func convertID(_ context.Context, c *call) error {
	to := c.req.Attr("DestinationFormat")
	return c.messages(func() error {
		for _, n := range c.req.Kid("SourceIds").All() {
			id, m, err := c.readAlternate(n)
			if err != nil {
				if err := c.fail(err, nil); err != nil {
					return err
				}
				continue
			}
			c.ok(func() {
				c.w.Empty("m:AlternateId", "xsi:type", "t:AlternateIdType", "Format", to, "Id", formatID(id, to), "Mailbox", m.Primary)
			})
		}
		return nil
	})
}

// readAlternate brings an id of any format back to that of EWS. All formats
// carry the same bytes here.
func (c *call) readAlternate(n *xmlnode.Node) (string, *store.Mailbox, error) {
	malformed := problemf("ErrorInvalidIdMalformed", "Id is malformed.")
	if n.Name != "AlternateId" {
		return "", nil, malformed
	}
	text := n.Attr("Id")
	switch n.Attr("Format") {
	case "HexEntryId":
		raw, err := hex.DecodeString(text)
		if err != nil {
			return "", nil, malformed
		}
		text = base64.StdEncoding.EncodeToString(raw)
	case "OwaId":
		un, err := url.QueryUnescape(text)
		if err != nil {
			return "", nil, malformed
		}
		text = un
	}
	id, err := store.ParseID(text)
	if err != nil {
		return "", nil, malformed
	}
	m := c.srv.store.ByGUID(id.Box)
	if m == nil {
		return "", nil, problemf("ErrorNonExistentMailbox", "The id belongs to no mailbox.")
	}
	return text, m, nil
}

func formatID(id, format string) string {
	switch format {
	case "HexEntryId":
		raw, err := base64.StdEncoding.DecodeString(id)
		if err == nil {
			return hex.EncodeToString(raw)
		}
	case "OwaId":
		return url.QueryEscape(id)
	}
	return id
}
