package ewssim

import "lockstep/sync/exchange/ewssim/internal/xmlnode"

func (d *draft) setMime(n *xmlnode.Node) error {
	return problemf("ErrorUnsupportedMimeConversion", "MIME is not supported for %s.", n.Name)
}

func (v *view) mime() {}
