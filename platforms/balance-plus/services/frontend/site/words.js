/** What the page says, by language. */
const words = {
  en: {
    text: 'Text to condense', sentences: 'Sentences', submit: 'Condense', sending: 'Sending...', waiting: 'Waiting for the queue...', queued: 'In the queue...',
    done: 'Done', failed: 'The text could not be condensed', slow: 'This takes longer than usual. Come back to this address later.', busy: 'The service is busy. Try again in a moment.',
    tooLong: 'The text is too long.', wrong: 'The service did not take this text.', gone: 'There is no such text any more.',
  },
  ru: {
    text: 'Текст, который нужно сжать', sentences: 'Предложений', submit: 'Сжать', sending: 'Отправляем...', waiting: 'Ждём очередь...', queued: 'В очереди...',
    done: 'Готово', failed: 'Текст не удалось сжать', slow: 'Это занимает больше времени, чем обычно. Откройте этот адрес позже.', busy: 'Сервис занят. Попробуйте чуть позже.',
    tooLong: 'Текст слишком длинный.', wrong: 'Сервис не принял этот текст.', gone: 'Такого текста больше нет.',
  },
};

/** The words of the first language of a browser that there are words in, English otherwise. */
export function wordsFor(languages) {
  const known = languages.map((language) => language.slice(0, 2).toLowerCase()).find((language) => language in words) ?? 'en';
  return { language: known, ...words[known] };
}
