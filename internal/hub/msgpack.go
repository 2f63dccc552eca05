package hub

import (
	"encoding/binary"
	"errors"
	"math"
)

// errPacked says that a binary frame is no MessagePack we read.
var errPacked = errors.New("not understood as MessagePack")

// packedDepth is how deep values may be nested.
const packedDepth = 16

// unpack reads a frame that came as MessagePack: maps with texts as keys, lists, texts,
// numbers and booleans. Everything else does not occur in a frame.
func (f *frame) unpack(b []byte) error {
	p := &packed{rest: b}
	v, err := p.value(packedDepth)
	fields, ok := v.(map[string]any)
	if err != nil || !ok || len(p.rest) > 0 {
		return errPacked
	}
	for name, v := range fields {
		ok := true
		switch name {
		case "seq":
			f.Seq, ok = v.(int64)
		case "action":
			f.Action, ok = v.(string)
		case "data":
			f.Data, ok = v.(map[string]any)
			ok = ok || v == nil
		}
		if !ok {
			return errPacked
		}
	}
	return nil
}

type packed struct{ rest []byte }

// take gives the next n bytes.
func (p *packed) take(n uint64) ([]byte, error) {
	if n > uint64(len(p.rest)) {
		return nil, errPacked
	}
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b, nil
}

// number reads an unsigned number of 1, 2, 4 or 8 bytes.
func (p *packed) number(size uint64) (uint64, error) {
	b, err := p.take(size)
	if err != nil {
		return 0, err
	}
	var whole [8]byte
	copy(whole[8-size:], b)
	return binary.BigEndian.Uint64(whole[:]), nil
}

func (p *packed) value(depth int) (any, error) {
	first, err := p.number(1)
	if err != nil || depth == 0 {
		return nil, errPacked
	}
	switch {
	case first <= 0x7f:
		return int64(first), nil
	case first <= 0x8f:
		return p.fields(first&0x0f, depth)
	case first <= 0x9f:
		return p.list(first&0x0f, depth)
	case first <= 0xbf:
		return p.text(first & 0x1f)
	case first >= 0xe0:
		return int64(first) - 0x100, nil
	case first == 0xc0:
		return nil, nil //nolint:nilnil // the value nil
	case first == 0xc2, first == 0xc3:
		return first == 0xc3, nil
	case first == 0xca, first == 0xcb:
		return p.float(first == 0xca)
	case first >= 0xcc && first <= 0xcf:
		n, err := p.number(1 << (first - 0xcc))
		if n > math.MaxInt64 {
			return nil, errPacked
		}
		return int64(n), err
	case first >= 0xd0 && first <= 0xd3:
		size := uint64(1) << (first - 0xd0)
		n, err := p.number(size)
		shift := 64 - 8*size
		return int64(n<<shift) >> shift, err
	}
	return p.long(first, depth)
}

// long reads what says its length in bytes of its own.
func (p *packed) long(first uint64, depth int) (any, error) {
	sizes := map[uint64]uint64{0xd9: 1, 0xda: 2, 0xdb: 4, 0xdc: 2, 0xdd: 4, 0xde: 2, 0xdf: 4}
	size, ok := sizes[first]
	if !ok {
		return nil, errPacked
	}
	n, err := p.number(size)
	switch {
	case err != nil:
		return nil, err
	case first <= 0xdb:
		return p.text(n)
	case first <= 0xdd:
		return p.list(n, depth)
	}
	return p.fields(n, depth)
}

func (p *packed) text(n uint64) (any, error) {
	b, err := p.take(n)
	return string(b), err
}

func (p *packed) float(short bool) (any, error) {
	if short {
		n, err := p.number(4)
		return float64(math.Float32frombits(uint32(n))), err
	}
	n, err := p.number(8)
	return math.Float64frombits(n), err
}

func (p *packed) list(n uint64, depth int) (any, error) {
	if n > uint64(len(p.rest)) { // each value takes a byte at least
		return nil, errPacked
	}
	out := make([]any, n)
	for i := range out {
		v, err := p.value(depth - 1)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (p *packed) fields(n uint64, depth int) (any, error) {
	if n > uint64(len(p.rest)) {
		return nil, errPacked
	}
	out := make(map[string]any, n)
	for range n {
		k, err := p.value(depth - 1)
		name, ok := k.(string)
		if err != nil || !ok {
			return nil, errPacked
		}
		if out[name], err = p.value(depth - 1); err != nil {
			return nil, err
		}
	}
	return out, nil
}
