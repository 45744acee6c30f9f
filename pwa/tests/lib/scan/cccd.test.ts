/** Tests that an identity card's code is read exactly, compared, and nothing else of it used. */
import { expect, test } from 'vitest';
import { checkCard, readCard } from '../../../src/lib/scan/cccd';

const OLD = '027085001234|125012345|Phạm Thị Ánh|02031985|Nữ|Số 8 Lý Thái Tổ, Bắc Ninh|25042021';

test('that the card issued since 2021 is read', () => {
  expect(readCard(OLD)).toEqual({
    number: '027085001234',
    name: 'Phạm Thị Ánh',
    born_on: '1985-03-02',
  });
});

test.each([
  ['without a former number', OLD.replace('125012345', '')],
  ['of July 2024 with more fields', `${OLD}|||`],
  ['in decomposed letters with blanks', ` ${OLD.normalize('NFD')}\n`],
])('that a card %s is read', (_what, text) => {
  expect(readCard(text)?.number).toBe('027085001234');
});

test.each([
  ['', 'nothing'],
  ['https://example.org/?a=1|2|3|4|5|6|7', 'a web address'],
  ['00020101021238570010A000000727', 'a bank’s payment code'],
  [OLD.replace('027085001234', '02708500123'), 'a number of eleven digits'],
  [OLD.replace('02031985', '31021985'), 'a day that is none'],
  [OLD.replace('Phạm Thị Ánh', ''), 'no name'],
  ['027085001234|125012345|Phạm Thị Ánh|02031985', 'half a code'],
])('that %j is no card (%s)', (text) => {
  expect(readCard(text)).toBeNull();
});

test('that names are compared without marks and case, numbers by their end', () => {
  const card = readCard(OLD);
  if (card === null) throw new Error('the card was not read');
  expect(checkCard(card, 'PHAM THI  ANH', '')).toEqual({
    last4: '1234',
    isNameSame: true,
    isNumberSame: null,
  });
  expect(checkCard(card, 'Phạm Thị Oanh', '0017')).toMatchObject({
    isNameSame: false,
    isNumberSame: false,
  });
  expect(checkCard(card, 'Phạm Thị Ánh', '1234').isNumberSame).toBe(true);
  expect(JSON.stringify(checkCard(card, 'x', ''))).not.toContain('027085');
});
